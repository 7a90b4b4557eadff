/// The process's environment, which mostly belongs to others: only what is ours or was clearly meant to be is looked at.
///
/// - A known name, with or without the prefix; with it wins, being surely meant for us.
/// - Any other name with the prefix is a mistake, except those that Kubernetes and Docker make up for a service of this name.
/// - A name of six letters or more that is one slip (a letter too many, too few, changed, or two swapped) from a known one is too.
enum EnvironmentSource {
    static func read(_ environment: [String: String], catalogue: SettingsCatalogue) -> SettingsSource {
        var source = SettingsSource()
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) where isOurs(name, catalogue: catalogue) {
            guard environment[SettingsCatalogue.prefix + name] == nil else { continue }
            source.entries.append(SettingsSource.Entry(written: name, name: name, text: text, place: .environment))
        }
        return source
    }

    private static func isOurs(_ name: String, catalogue: SettingsCatalogue) -> Bool {
        if catalogue.declaration(named: name) != nil { return true }
        guard name.hasPrefix(SettingsCatalogue.prefix) else { return catalogue.isSlip(name) }
        let rest = name.dropFirst(SettingsCatalogue.prefix.count)
        return rest != "PORT" && !rest.hasPrefix("PORT_") && !rest.hasPrefix("SERVICE_")
    }
}
