/// Goes through the sources once and gathers what is wrong.
struct SettingsLoader {
    private let catalogue: SettingsCatalogue
    private let directory: String
    private var layers: [KnownEntries] = []
    private(set) var problems: [SettingsProblem] = []

    init(catalogue: SettingsCatalogue, directory: String) {
        self.catalogue = catalogue
        self.directory = directory
    }

    mutating func load(flags: [String], environment: [String: String]) -> Settings {
        add(FlagSource.read(flags, catalogue: catalogue))
        add(EnvironmentSource.read(environment, catalogue: catalogue))
        addFile(SettingsFiles.environmentFile, isOptional: true, read: EnvironmentFile.read)
        addFile(SettingsFiles.configurationFile, isOptional: false, read: ConfigurationFile.read)
        return resolve()
    }

    private mutating func add(_ source: SettingsSource) {
        let known = KnownEntries(source, catalogue: catalogue)
        problems += known.problems
        layers.append(known)
    }

    /// Adds the file that `key` names by what was read so far; a file that nobody named may be missing.
    private mutating func addFile(_ key: any SettingDeclaration, isOptional: Bool, read: (_ text: String, _ file: String) -> SettingsSource)
    {
        let named = LayeredSources(layers, catalogue: catalogue).find(key)
        let path = named?.text ?? key.standard.text
        // What is not a path is reported with the other values.
        guard !path.isEmpty, key.read(path) != nil else { return }
        switch TextFile.read(TextFile.resolve(path, in: directory)) {
        case .text(let text): add(read(text, path))
        case .absent where named == nil && isOptional: return
        case .absent: problems.append(.missing(file: path, reason: "there is no such file"))
        case .unreadable(let reason): problems.append(.missing(file: path, reason: reason))
        }
    }

    private mutating func resolve() -> Settings {
        let sources = LayeredSources(layers, catalogue: catalogue)
        var resolved: [Settings.Resolved] = []
        for declaration in catalogue.declarations {
            let entry = sources.find(declaration)
            guard let entry else {
                resolved.append(Settings.Resolved(declaration: declaration, stored: declaration.standard, origin: .standard))
                continue
            }
            guard let stored = declaration.read(entry.text) else {
                problems.append(refusal(of: entry, for: declaration))
                continue
            }
            resolved.append(Settings.Resolved(declaration: declaration, stored: stored, origin: entry.place))
        }
        return Settings(resolved)
    }

    private func refusal(of entry: SettingsSource.Entry, for declaration: any SettingDeclaration) -> SettingsProblem {
        let shown = declaration.isSecret ? nil : SettingsText.shown(entry.text)
        return .refused(key: declaration.name, value: shown, place: entry.place, accepted: declaration.accepted)
    }
}
