import Crypto
import WebServer

/// A page as it is sent: with its import map, and the policy that allows this one inline script.
struct Page: Sendable {
    let text: String
    let policy: ContentPolicy

    /// - Parameters:
    ///   - template: has `<!--importmap-->` where the map belongs.
    ///   - modules: the scripts that the page may import by `#/path`; a visitor's page names only what it needs.
    init(template: String, modules: some Sequence<Asset>) {
        let map = Self.importMap(of: modules)
        let digest = Base64.encode(Array(SHA256.hash(data: Array(map.utf8))))
        text = template.replacing("<!--importmap-->", with: "<script type=\"importmap\">\(map)</script>")
        policy = ContentPolicy.page.allowing(scriptDigest: digest)
    }

    /// Modules import each other by `#/path`; the map says under which digest each is kept.
    private static func importMap(of modules: some Sequence<Asset>) -> String {
        let entries = modules.sorted { $0.path < $1.path }.map { "\"#/\($0.path)\":\"/assets/\($0.immutablePath)\"" }
        return "{\"imports\":{\(entries.joined(separator: ","))}}"
    }
}
