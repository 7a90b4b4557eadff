import NIOCore

/// One file of the console, ready to be sent.
struct Asset: Sendable {
    /// Below `Assets`, such as `css/tokens.css`.
    let path: String
    let bytes: ByteBuffer
    /// First 16 hex digits of its SHA-256.
    let digest: String

    /// The name that never changes its content: `css/tokens-<digest>.css`.
    var immutablePath: String {
        guard let dot = path.lastIndex(of: ".") else { return "\(path)-\(digest)" }
        return "\(path[..<dot])-\(digest)\(path[dot...])"
    }

    var contentType: String { Self.contentType(of: path) }

    private static func contentType(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "json", "webmanifest": "application/json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "mp3": "audio/mpeg"
        case "wav": "audio/wav"
        default: "application/octet-stream"
        }
    }

    /// Text may name other assets as `{{asset:path}}`.
    static func isTemplate(_ path: String) -> Bool {
        path.hasSuffix(".html") || path.hasSuffix(".css") || path.hasSuffix(".webmanifest")
    }
}
