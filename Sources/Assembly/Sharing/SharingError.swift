/// Why a house can't share its database as the settings ask, with a code that logs and tests compare.
package enum SharingError: Error, Equatable, Sendable {
    /// Settings need features that this program was built without.
    case missingFeatures([HouseFeature])
    /// Several instances need the same key, and a file is made on each machine anew.
    case noHouseKey(path: String)
    /// A command that works on a database file only; the text says what to do instead.
    case onlyForFiles(String)

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .missingFeatures: "sharing.missing_feature"
        case .noHouseKey: "sharing.no_house_key"
        case .onlyForFiles: "sharing.only_for_files"
        }
    }
}

extension SharingError: CustomStringConvertible {
    /// One sentence for the person who has to do something about it.
    package var description: String {
        switch self {
        case .missingFeatures(let missing): Self.words(for: missing)
        case .noHouseKey(let path):
            "with DATABASE_URL every instance needs the same key of the house: set HOUSE_KEY (`openssl rand -base64 32` makes a first one), or put \(path) there"
        case .onlyForFiles(let text): text
        }
    }

    private static func words(for missing: [HouseFeature]) -> String {
        let settings = missing.map(\.setting).joined(separator: " and ")
        let names = missing.map(\.rawValue).joined(separator: " and ")
        let whole = HouseFeature.allCases.filter { $0.isBuiltIn || missing.contains($0) }.map(\.rawValue).joined(separator: ",")
        let (needs, features, them) = missing.count == 1 ? ("needs", "feature", settings) : ("need", "features", "both")
        return
            "\(settings) \(needs) the \(features) \(names), which this program was built without; build it with `--traits \(whole)`, or leave \(them) out"
    }
}
