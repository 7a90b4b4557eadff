import Foundation
import Settings
import Testing
import TestSupport
import Vocabulary

@Suite("Loading settings")
struct SettingsLoadingTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("without any source every key has its default")
    func defaults() throws {
        let settings = try load()
        #expect(settings[Keys.port] == 8080)
        #expect(settings[Keys.workers] == 4)
        #expect(settings[Keys.plain] == false)
        #expect(settings[Keys.idle] == .seconds(60))
        #expect(settings[Keys.mode] == .disabled)
        #expect(settings[Keys.certificate] == nil)
        #expect(settings[Keys.key] == nil)
        #expect(settings.origin(of: Keys.port) == .standard)
    }

    @Test("flags win over the environment, that over .env, that over the file, that over the default")
    func precedence() throws {
        try directory.write("{\"HTTP_PORT\": 1, \"WORKER_COUNT\": 2, \"SITE_NAME\": \"json\", \"DATA_DIR\": \"json\"}", to: "house.json")
        try directory.write("CONFIG_FILE=house.json\nHTTP_PORT=2\nWORKER_COUNT=3\nSITE_NAME=dotenv\n", to: ".env")
        let settings = try load(flags: ["--http-port", "4"], environment: ["HTTP_PORT": "3", "WORKER_COUNT": "5"])
        #expect(settings[Keys.port] == 4)
        #expect(settings.origin(of: Keys.port) == .flag)
        #expect(settings[Keys.workers] == 5)
        #expect(settings.origin(of: Keys.workers) == .environment)
        #expect(settings[Keys.name] == "dotenv")
        #expect("\(settings.origin(of: Keys.name))" == ".env line 4")
        #expect(settings[Keys.data] == "json")
        #expect("\(settings.origin(of: Keys.data))" == "file house.json")
        #expect(settings.origin(of: Keys.mode) == .standard)
    }

    @Test("everything that is wrong is said at once, each with the nearest match or what is accepted")
    func everythingAtOnce() throws {
        try directory.write(
            "# ports\n\nHTTP_PROT=8080\nHTTP_PORT=eighty\nnonsense\nZZZ_QQQ_XXX=1\nWORKER_COUNT=65\nWORKER_COUNT=4\n", to: ".env")
        try directory.write("{\"http\": {\"prot\": 1}, \"site-name\": [1]}", to: "c.json")
        let problems = try problems(
            flags: ["--tls-mod=files", "stray", "--data-dir"],
            environment: [
                "CONFIG_FILE": "c.json", "SWITCHBOARD_DATADIR": "x", "IDLE_TIMEOUT": "forever", "WORKER_COUNTS": "3", "SETUP_KEY": "short",
            ])
        #expect(
            Set(problems.map(\.description)) == [
                "--tls-mod in flag is not a setting; did you mean --tls-mode?",
                "flag can't be understood: \"stray\" is neither a flag nor a flag's value",
                "flag can't be understood: --data-dir needs a value",
                "SWITCHBOARD_DATADIR in environment is not a setting; did you mean DATA_DIR?",
                "WORKER_COUNTS in environment is not a setting; did you mean WORKER_COUNT?",
                "HTTP_PROT in .env line 3 is not a setting; did you mean HTTP_PORT?",
                ".env line 5 can't be understood: a line is KEY=value or begins with #",
                "ZZZ_QQQ_XXX in .env line 6 is not a setting; `switchboard config` lists them all",
                "WORKER_COUNT in .env line 8 was already set in .env line 7; keep one of them",
                "http.prot in file c.json is not a setting; did you mean HTTP_PORT?",
                "file c.json can't be understood: site-name must be a text, a number, true or false",
                "HTTP_PORT in .env line 4 is \"eighty\" but must be a port from 0 to 65535",
                "WORKER_COUNT in .env line 7 is \"65\" but must be a whole number from 1 to 64",
                "IDLE_TIMEOUT in environment is \"forever\" but must be a time from 1s to 1d, such as 500ms, 30s, 5m or 2h",
                "SETUP_KEY in environment must be a secret of 8 to 100 characters, or empty",
            ])
        #expect(problems.count == 15)
    }

    @Test("other programs' environment is none of our business, a slip or our prefix is")
    func environment() throws {
        let others = [
            "PATH": "/bin", "HTTP_PROXY": "x", "http_port": "x", "PORT": "1", "XDG_DATA_DIRS": "x", "ASPNETCORE_HTTP_PORTS": "x",
            "SWITCHBOARD_SERVICE_HOST": "10.0.0.1", "SWITCHBOARD_PORT": "tcp://10.0.0.1:80", "SWITCHBOARD_PORT_80_TCP": "x", "": "x",
            "客服": "x",
        ]
        #expect(try load(environment: others)[Keys.port] == 8080)
        for name in ["SWITCHBOARD_COLOUR", "HTTP_PROT", "HTP_PORT", "DATADIR", "TLSMODE"] {
            #expect(try problems(environment: [name: "1"]).map(\.code) == ["settings.unknown_key"], "\(name)")
        }
    }

    @Test("an empty value is not an absent one (INC-21)")
    func empty() throws {
        try directory.write("SITE_NAME=file\nHTTP_PORT=5\nTLS_CERT_FILE=cert.pem\n", to: ".env")
        #expect(try load(environment: ["SITE_NAME": ""])[Keys.name] == "")
        #expect(try load(environment: ["TLS_CERT_FILE": ""])[Keys.certificate] == nil)
        // What can't be nothing says so, rather than going on with something else.
        #expect(try problems(environment: ["HTTP_PORT": ""]).map(\.code) == ["settings.bad_value"])
    }

    @Test("every name is taken with the prefix too, which wins over the bare one")
    func prefix() throws {
        #expect(try load(environment: ["SWITCHBOARD_HTTP_PORT": "1", "HTTP_PORT": "2"])[Keys.port] == 1)
        try directory.write("SWITCHBOARD_HTTP_PORT=3\n", to: ".env")
        #expect(try load()[Keys.port] == 3)
        #expect(try load(flags: ["--switchboard-http-port=4"])[Keys.port] == 4)
    }

    @Test("a switch needs no value as a flag, and takes one")
    func switches() throws {
        #expect(try load(flags: ["--allow-plain-http"])[Keys.plain])
        #expect(try load(flags: ["--allow-plain-http", "--http-port=1"])[Keys.plain])
        #expect(try load(flags: ["--allow-plain-http", "no"])[Keys.plain] == false)
        #expect(try load(flags: ["--allow-plain-http=off"])[Keys.plain] == false)
        #expect(try load(flags: ["--site-name="])[Keys.name] == "")
    }

    @Test("ENV_FILE and CONFIG_FILE name other files, which must then exist")
    func namedFiles() throws {
        try directory.write("HTTP_PORT=5", to: "other.env")
        try directory.write("HTTP_PORT=6", to: ".env")
        #expect(try load(environment: ["ENV_FILE": "other.env"])[Keys.port] == 5)
        #expect(try load(flags: ["--env-file", directory.path + "/other.env"])[Keys.port] == 5)
        #expect(
            try problems(environment: ["ENV_FILE": "absent.env", "CONFIG_FILE": "absent.json"]).map(\.description) == [
                "absent.env can't be read: there is no such file", "absent.json can't be read: there is no such file",
            ])
    }

    @Test("files that are no text, too large, folders or no JSON object are said to be so")
    func unreadableFiles() throws {
        try directory.write([0x41, 0x3D, 0xFF, 0xFE], to: "latin.env")
        #expect(try problems(environment: ["ENV_FILE": "latin.env"]).map(\.description) == ["latin.env can't be read: it is not UTF-8"])
        try directory.write(String(repeating: "#", count: 1_048_577), to: "large.env")
        #expect(
            try problems(environment: ["ENV_FILE": "large.env"]).map(\.description) == ["large.env can't be read: it is larger than 1 MiB"])
        #expect(try problems(environment: ["ENV_FILE": "."]).map(\.code) == ["settings.missing_file"])
        for text in [
            "", "[]", "{", "{\"HTTP_PORT\": }", "nul", String(repeating: "{\"a\":", count: 5_000), String(repeating: "[", count: 100_000),
        ] {
            try directory.write(text, to: "bad.json")
            #expect(try problems(environment: ["CONFIG_FILE": "bad.json"]).map(\.code) == ["settings.unreadable"])
        }
    }

    @Test("a JSON file may nest by the words of a name, in either case")
    func nested() throws {
        try directory.write(
            "{\"http\": {\"port\": 81}, \"Tls\": {\"mode\": \"files\"}, \"allow_plain_http\": true, \"DATA_DIR\": null}", to: "c.json")
        let settings = try load(environment: ["CONFIG_FILE": "c.json"])
        #expect(settings[Keys.port] == 81)
        #expect(settings[Keys.mode] == .files)
        #expect(settings[Keys.plain])
        #expect(settings[Keys.data] == "data")
    }

    @Test("a key that the catalogue of this run does not have reads as its default")
    func foreignKey() throws {
        #expect(try load()[SettingKey.port("OTHER_PORT", default: 9, meaning: Meaning("", ""))] == 9)
    }

    private func load(flags: [String] = [], environment: [String: String] = [:]) throws -> Settings {
        try Settings.load(catalogue: Keys.catalogue, flags: flags, environment: environment, directory: directory.path)
    }

    private func problems(flags: [String] = [], environment: [String: String] = [:]) throws -> [SettingsProblem] {
        try #require(#expect(throws: SettingsError.self) { try load(flags: flags, environment: environment) }).problems
    }
}
