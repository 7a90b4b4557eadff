import Configuration
import Synchronization

/// The sources, first wins, behind swift-configuration's reader: it resolves a key and reports which provider had it.
struct LayeredSources {
    /// Answers with the entry that was found last; the reader calls it before it returns.
    private final class Witness: AccessReporter {
        private let found = Mutex<Int?>(nil)

        func report(_ event: AccessEvent) {
            let index = event.providerResults.firstIndex { (try? $0.result.get().value) != nil }
            found.withLock { $0 = index }
        }

        var index: Int? { found.withLock { $0 } }
    }

    private let layers: [KnownEntries]
    private let reader: ConfigReader
    private let witness: Witness

    /// - Parameter layers: at least one.
    init(_ layers: [KnownEntries], catalogue: SettingsCatalogue) {
        let providers = layers.map { layer in
            InMemoryProvider(
                values: Dictionary(
                    uniqueKeysWithValues: layer.byName.map { name, entry in
                        let isSecret = catalogue.declaration(named: name)?.isSecret ?? true
                        return (AbsoluteConfigKey([name]), ConfigValue(.string(entry.text), isSecret: isSecret))
                    }))
        }
        let witness = Witness()
        self.layers = layers
        self.witness = witness
        reader = ConfigReader(providers: providers, accessReporter: witness)
    }

    /// The text of `declaration` in the first source that has it.
    func find(_ declaration: any SettingDeclaration) -> SettingsSource.Entry? {
        guard reader.string(forKey: ConfigKey([declaration.name]), isSecret: declaration.isSecret) != nil else { return nil }
        guard let index = witness.index, layers.indices.contains(index) else { return nil }
        return layers[index].byName[declaration.name]
    }
}
