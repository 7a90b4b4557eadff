/// What one source says, before anyone asks whether it's right: names as they were written, in order.
struct SettingsSource: Sendable {
    struct Entry: Sendable {
        /// For messages, as it was written.
        let written: String
        /// As the catalogue would have it.
        let name: String
        let text: String
        let place: Origin
    }

    var entries: [Entry] = []
    var problems: [SettingsProblem] = []
}

/// The entries of a source that the catalogue knows, by name.
struct KnownEntries: Sendable {
    private(set) var byName: [String: SettingsSource.Entry] = [:]
    private(set) var problems: [SettingsProblem]

    init(_ source: SettingsSource, catalogue: SettingsCatalogue) {
        problems = source.problems
        for entry in source.entries { add(entry, catalogue: catalogue) }
    }

    private mutating func add(_ entry: SettingsSource.Entry, catalogue: SettingsCatalogue) {
        guard let declaration = catalogue.declaration(named: entry.name) else {
            let nearest = catalogue.nearest(to: entry.name).map { entry.place == .flag ? FlagSource.spelled($0) : $0 }
            problems.append(.unknown(name: entry.written, place: entry.place, nearest: nearest))
            return
        }
        let place = catalogue.alias(in: entry.name).map { Origin.called($0, in: entry.place) } ?? entry.place
        guard let earlier = byName[declaration.name] else {
            byName[declaration.name] = SettingsSource.Entry(written: entry.written, name: declaration.name, text: entry.text, place: place)
            return
        }
        problems.append(.repeated(key: declaration.name, place: place, earlier: earlier.place))
    }
}
