/// All settings that a program knows.
package struct SettingsCatalogue: Sendable {
    /// Every name is also taken with this before it.
    static let prefix = "SWITCHBOARD_"
    /// In the order of declaration, the loader's own last.
    package let declarations: [any SettingDeclaration]
    private let byName: [String: any SettingDeclaration]

    /// The loader adds its own `ENV_FILE` and `CONFIG_FILE`.
    package init(_ declarations: [any SettingDeclaration]) {
        self.declarations = declarations + [SettingsFiles.environmentFile, SettingsFiles.configurationFile]
        let names = self.declarations.map { ($0.name, $0) } + self.declarations.flatMap { key in key.aliases.map { ($0, key) } }
        byName = Dictionary(names, uniquingKeysWith: { first, _ in first })
    }

    /// The setting that `name`, in upper case and perhaps with the prefix, stands for.
    func declaration(named name: String) -> (any SettingDeclaration)? {
        byName[name] ?? (name.hasPrefix(Self.prefix) ? byName[String(name.dropFirst(Self.prefix.count))] : nil)
    }

    /// The other name by which `name` stands for a setting; nil when it is the setting's own.
    func alias(in name: String) -> String? {
        guard let declaration = declaration(named: name) else { return nil }
        return declaration.aliases.first { $0 == name || Self.prefix + $0 == name }
    }

    /// The name that was probably meant.
    func nearest(to name: String) -> String? {
        let bare = name.uppercased().hasPrefix(Self.prefix) ? String(name.dropFirst(Self.prefix.count)) : name
        return EditDistance.nearest(to: bare, among: byName.keys.sorted())
    }

    /// The known names that are exactly one slip away from `name`.
    func isSlip(_ name: String) -> Bool {
        name.utf8.count >= 6 && name.utf8.count <= 64 && byName.keys.contains { $0.utf8.count >= 6 && EditDistance.between(name, $0) == 1 }
    }
}

/// The settings of the loader itself.
package enum SettingsFiles {
    /// Where the environment file is, when it isn't `.env` in the working directory.
    package static let environmentFile = SettingKey.path(
        "ENV_FILE", default: ".env",
        meaning: Meaning("File of KEY=value lines; only looked for where flags and environment say", "KEY=value 格式的设置文件；只能由参数或环境变量指定"))
    /// A JSON file of settings.
    package static let configurationFile = SettingKey.path(
        "CONFIG_FILE", default: "",
        meaning: Meaning(
            "JSON file of settings, {\"HTTP_PORT\": 8080} or {\"http\": {\"port\": 8080}}", "JSON 设置文件，例如 {\"HTTP_PORT\": 8080}")
    ).orNothing
}
