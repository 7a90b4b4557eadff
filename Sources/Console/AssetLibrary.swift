import Crypto
import NIOCore

/// All assets, read once at start; pages and styles name each other by digest, so that a browser may keep them for ever.
package struct AssetLibrary: Sendable {
    private let byPath: [String: Asset]
    private let byImmutablePath: [String: Asset]
    /// The import map that all pages carry, and its digest for their content security policy.
    let importMap: String
    let importMapDigest: String

    /// - Throws: `ConsoleError`.
    package init() throws(ConsoleError) {
        try self.init(files: try AssetFolder.files(in: try AssetFolder.locate()))
    }

    /// - Throws: `ConsoleError.assetMissing` when a template names what is not there.
    init(files: [(path: String, bytes: [UInt8])]) throws(ConsoleError) {
        var byPath: [String: Asset] = [:]
        for file in files where !Asset.isTemplate(file.path) { byPath[file.path] = Self.asset(file.path, file.bytes) }
        // Styles first: pages name them.
        for suffix in [".css", ".webmanifest", ".html"] {
            for file in files where file.path.hasSuffix(suffix) {
                let text = try Self.filled(String(decoding: file.bytes, as: UTF8.self), of: file.path, from: byPath)
                byPath[file.path] = Self.asset(file.path, Array(text.utf8))
            }
        }
        self.byPath = byPath
        byImmutablePath = Dictionary(byPath.values.map { ($0.immutablePath, $0) }, uniquingKeysWith: { first, _ in first })
        importMap = Self.importMap(of: byPath.values.filter { $0.path.hasSuffix(".js") })
        importMapDigest = Base64.encode(Array(SHA256.hash(data: Array(importMap.utf8))))
    }

    func asset(_ path: String) -> Asset? { byPath[path] }

    /// The asset behind a path with its digest.
    func immutable(_ path: String) -> Asset? { byImmutablePath[path] }

    /// A page with its import map in place.
    /// - Throws: `ConsoleError.assetMissing`.
    func page(_ path: String) throws(ConsoleError) -> String {
        guard let asset = byPath[path] else { throw .assetMissing(named: path, in: "the console") }
        let map = "<script type=\"importmap\">\(importMap)</script>"
        return String(buffer: asset.bytes).replacing("<!--importmap-->", with: map)
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

    /// Modules import each other by `#/path`; the map says under which digest each is kept.
    private static func importMap(of modules: some Sequence<Asset>) -> String {
        let entries = modules.sorted { $0.path < $1.path }.map { "\"#/\($0.path)\":\"/assets/\($0.immutablePath)\"" }
        return "{\"imports\":{\(entries.joined(separator: ","))}}"
    }
}
