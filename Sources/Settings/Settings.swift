/// The settings of this run: of each key its value and where it comes from.
package struct Settings: Sendable {
    struct Resolved: Sendable {
        let declaration: any SettingDeclaration
        let stored: any StoredSetting
        let origin: Origin
    }

    /// In the order of the catalogue.
    let resolved: [Resolved]
    private let byName: [String: Resolved]

    init(_ resolved: [Resolved]) {
        self.resolved = resolved
        byName = Dictionary(resolved.map { ($0.declaration.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The value of `key`; its default when the catalogue of this run does not have it.
    package subscript<Value: Sendable>(_ key: SettingKey<Value>) -> Value {
        (byName[key.name]?.stored as? SettingKey<Value>.Stored)?.value ?? key.defaultValue
    }

    /// Where the value of `key` comes from.
    package func origin(of key: any SettingDeclaration) -> Origin {
        byName[key.name]?.origin ?? .standard
    }

    /// Asks flags, environment, environment file, configuration file and defaults, in this order: the first that has a key decides.
    /// - Parameters:
    ///   - flags: arguments such as `--http-port 8080`, without the program's name and its subcommand.
    ///   - directory: the working directory, where `.env` is and relative paths begin.
    /// - Throws: `SettingsError` with everything that is wrong.
    package static func load(
        catalogue: SettingsCatalogue, flags: [String], environment: [String: String], directory: String
    ) throws(SettingsError) -> Settings {
        var loader = SettingsLoader(catalogue: catalogue, directory: directory)
        let settings = loader.load(flags: flags, environment: environment)
        guard loader.problems.isEmpty else { throw SettingsError(loader.problems) }
        return settings
    }
}
