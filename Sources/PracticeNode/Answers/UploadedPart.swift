import NIOCore

/// The file in a `multipart/form-data` body (RFC 7578): the first part that has a file name.
struct UploadedPart: Sendable {
    let name: String
    let type: String
    let bytes: ByteBuffer

    /// Nil when there is none.
    init?(_ body: ByteBuffer, contentType: String) {
        guard let mark = contentType.after("boundary=") else { return nil }
        let boundary = mark.prefix { $0 != ";" && $0 != " " }.filter { $0 != "\"" }
        guard !boundary.isEmpty, boundary.utf8.count <= 70 else { return nil }
        let line = Array("--\(boundary)".utf8)
        var rest = body
        // A form of more parts than this is none that a vendor's client sends.
        for _ in 0..<16 {
            guard let start = rest.firstRange(of: line) else { return nil }
            rest.moveReaderIndex(to: rest.readerIndex + start + line.count)
            guard let headEnd = rest.firstRange(of: Array("\r\n\r\n".utf8)), let head = rest.readString(length: headEnd) else { return nil }
            rest.moveReaderIndex(forwardBy: 4)
            guard let end = rest.firstRange(of: Array("\r\n".utf8) + line) else { return nil }
            if let name = head.after("filename=\"")?.prefix(while: { $0 != "\"" }), let bytes = rest.readSlice(length: end) {
                self.name = String(name.prefix(255))
                type =
                    head.lowercased().after("content-type: ").map { String($0.prefix { !$0.isWhitespace && $0 != ";" }) }
                    ?? "application/octet-stream"
                self.bytes = bytes
                return
            }
        }
        return nil
    }
}

extension ByteBuffer {
    /// Where `pattern` begins, counted from the reader index; nil when it is not there. For patterns that don't repeat themselves.
    func firstRange(of pattern: [UInt8]) -> Int? {
        guard let first = pattern.first, readableBytes >= pattern.count else { return nil }
        return withUnsafeReadableBytes { bytes in
            var position = 0
            while position <= bytes.count - pattern.count {
                if bytes[position] == first, bytes[position..<(position + pattern.count)].elementsEqual(pattern) { return position }
                position += 1
            }
            return nil
        }
    }
}
