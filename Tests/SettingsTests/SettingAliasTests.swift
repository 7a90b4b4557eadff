import Settings
import Testing

@Suite("Settings by another name")
struct SettingAliasTests {
    private static let retries = SettingKey.integer(
        "GATEWAY_RETRY_MAX", in: 0...5, default: 2, meaning: Meaning("extra attempts", "额外尝试次数")
    ).alsoCalled("PROXY_RETRY_MAX")
    private static let catalogue = SettingsCatalogue([retries])

    @Test("an alias sets the value, with or without the prefix, and the listing says which name was used", arguments: ["", "SWITCHBOARD_"])
    func alias(prefix: String) throws {
        let settings = try load(["\(prefix)PROXY_RETRY_MAX": "4"])
        #expect(settings[Self.retries] == 4)
        #expect("\(settings.origin(of: Self.retries))" == "environment, as PROXY_RETRY_MAX")
        #expect(settings.describe().contains("environment, as PROXY_RETRY_MAX"))
    }

    @Test("the own name's origin has no second name")
    func ownName() throws {
        #expect("\(try load(["GATEWAY_RETRY_MAX": "1"]).origin(of: Self.retries))" == "environment")
    }

    @Test("both names in one source are a contradiction that is named")
    func both() {
        let error = #expect(throws: SettingsError.self) { try load(["GATEWAY_RETRY_MAX": "1", "PROXY_RETRY_MAX": "4"]) }
        #expect(error?.problems.map(\.code) == ["settings.repeated_key"])
    }

    @Test("a bad value under an alias is refused with the name that holds it")
    func badValue() {
        let error = #expect(throws: SettingsError.self) { try load(["PROXY_RETRY_MAX": "many"]) }
        #expect(error?.description.contains("environment, as PROXY_RETRY_MAX") == true)
    }

    private func load(_ environment: [String: String]) throws -> Settings {
        try Settings.load(catalogue: Self.catalogue, flags: [], environment: environment, directory: "/")
    }
}
