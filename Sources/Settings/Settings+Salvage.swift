extension Settings {
    /// What can be read of settings although some are wrong, for commands that look at a server which does not start: what is wrong or
    /// unknown has its default.
    /// - Parameters: as of `load`.
    package static func salvage(
        catalogue: SettingsCatalogue, flags: [String], environment: [String: String], directory: String
    ) -> Settings {
        var loader = SettingsLoader(catalogue: catalogue, directory: directory)
        // What was refused isn't there at all: asking for it gives its default.
        return loader.load(flags: flags, environment: environment)
    }
}
