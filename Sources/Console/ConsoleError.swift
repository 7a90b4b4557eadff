/// Why the console can't be served. The text says what to do.
package enum ConsoleError: Error, Equatable, CustomStringConvertible {
    /// The folder beside the program that holds the pages is not there.
    case resourcesMissing(path: String)
    /// A page names an asset that does not exist.
    case assetMissing(named: String, in: String)
    /// A file could not be read.
    case unreadable(path: String)

    /// Stable, for logs and tests.
    package var code: String {
        switch self {
        case .resourcesMissing: "console.resources_missing"
        case .assetMissing: "console.asset_missing"
        case .unreadable: "console.unreadable"
        }
    }

    package var description: String {
        switch self {
        case .resourcesMissing(let path):
            "the folder \(path) is missing: a release is the program and this folder beside it; unpack the whole release again"
        case .assetMissing(let name, let page):
            "\(page) names \(name), which is not among the assets: the release is incomplete"
        case .unreadable(let path):
            "\(path) can't be read: look at its permissions"
        }
    }
}
