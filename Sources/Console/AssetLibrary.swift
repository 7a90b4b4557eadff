import Crypto
import NIOCore

/// All assets, read once at start; pages and styles name each other by digest, so that a browser may keep them for ever.
package struct AssetLibrary: Sendable {
    private let byPath: [String: Asset]
    private let byImmutablePath: [String: Asset]
    let console: Page
    let panel: Page
    let demo: Page

    /// - Throws: `ConsoleError`.
    package init() throws(ConsoleError) {
        try self.init(files: try AssetFolder.files(in: try AssetFolder.locate()))
    }

    /// - Throws: `ConsoleError.assetMissing` when a template names what is not there.
    init(files: [(path: String, bytes: [UInt8])]) throws(ConsoleError) {
        var byPath: [String: Asset] = [:]
        for file in files where !Asset.isTemplate(file.path) { byPath[file.path] = Self.asset(file.path, Self.slimmed(file)) }
        // Styles first: pages name them.
        for suffix in [".css", ".webmanifest", ".html"] {
            for file in files where file.path.hasSuffix(suffix) {
                let text = try Self.filled(String(decoding: file.bytes, as: UTF8.self), of: file.path, from: byPath)
                byPath[file.path] = Self.asset(file.path, Array(text.utf8))
            }
        }
        self.byPath = byPath
        byImmutablePath = Dictionary(byPath.values.map { ($0.immutablePath, $0) }, uniquingKeysWith: { first, _ in first })
        console = try Self.page("index.html", importing: ["js/"], from: byPath)
        panel = try Self.page("widget/panel.html", importing: ["js/lib/", "widget/"], from: byPath)
        demo = try Self.page("demo/demo.html", importing: [], from: byPath)
    }

    func asset(_ path: String) -> Asset? { byPath[path] }

    /// The asset behind a path with its digest.
    func immutable(_ path: String) -> Asset? { byImmutablePath[path] }

    /// - Throws: `ConsoleError.assetMissing`.
    private static func page(_ path: String, importing folders: [String], from assets: [String: Asset]) throws(ConsoleError) -> Page {
        guard let template = assets[path] else { throw .assetMissing(named: path, in: "the console") }
        let modules = assets.values.filter { asset in asset.path.hasSuffix(".js") && folders.contains { asset.path.hasPrefix($0) } }
        return Page(template: String(buffer: template.bytes), modules: modules)
    }

    private static func slimmed(_ file: (path: String, bytes: [UInt8])) -> [UInt8] {
        guard file.path.hasSuffix(".js") else { return file.bytes }
        return Array(ScriptComments.stripped(String(decoding: file.bytes, as: UTF8.self)).utf8)
    }

    private static func asset(_ path: String, _ bytes: [UInt8]) -> Asset {
        let hash = SHA256.hash(data: bytes).prefix(8).map { byte in String(UInt16(byte) | 0x100, radix: 16).dropFirst() }
        return Asset(path: path, bytes: ByteBuffer(bytes: bytes), digest: hash.joined())
    }

    /// Replaces every `{{asset:path}}` by the address with the digest.
    private static func filled(_ text: String, of page: String, from assets: [String: Asset]) throws(ConsoleError) -> String {
        var filled = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "{{asset:"), let end = rest[mark.upperBound...].firstRange(of: "}}") {
            let name = String(rest[mark.upperBound..<end.lowerBound])
            guard let asset = assets[name] else { throw .assetMissing(named: name, in: page) }
            filled += rest[..<mark.lowerBound] + "/assets/\(asset.immutablePath)"
            rest = rest[end.upperBound...]
        }
        return filled + rest
    }
}
