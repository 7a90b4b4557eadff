/// Why a house can't share its database as the settings ask, with a code that logs and tests compare.
package enum SharingError: Error, Equatable, Sendable {
    /// A setting needs a feature that this program was built without.
    case missingFeature(setting: String, feature: String)
    /// Several instances need the same key, and a file is made on each machine anew.
    case noHouseKey(path: String)
    /// A command that works on a database file only; the text says what to do instead.
    case onlyForFiles(String)

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .missingFeature: "sharing.missing_feature"
        case .noHouseKey: "sharing.no_house_key"
        case .onlyForFiles: "sharing.only_for_files"
        }
    }
}

extension SharingError: CustomStringConvertible {
    /// One sentence for the person who has to do something about it.
    package var description: String {
        switch self {
        case .missingFeature(let setting, let feature):
            "\(setting) needs the feature \(feature), which this program was built without; build it with `--traits \(feature)`, or leave \(setting) out"
        case .noHouseKey(let path):
            "with DATABASE_URL every instance needs the same key of the house: set HOUSE_KEY (`openssl rand -base64 32` makes a first one), or put \(path) there"
        case .onlyForFiles(let text): text
        }
    }
}
