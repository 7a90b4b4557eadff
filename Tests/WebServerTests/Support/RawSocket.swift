import Foundation
import NIOCore

@testable import WebServer

/// A WebSocket client that sends exactly the frames it is told.
struct RawSocket: Sendable {
    let client: RawClient

    static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    static func request(_ path: String, host: String = "127.0.0.1", extra: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: \(key)\r\n\(extra)\r\n"
    }

    /// Opens and leaves only what follows the server's head.
    static func open(_ path: String, port: Int, applicationProtocols: [String]? = nil, reads: Bool = true) async throws -> RawSocket {
        let client = try await RawClient.connect(to: port, applicationProtocols: applicationProtocols)
        try await client.send(request(path))
        let head = try await client.wait(for: "\r\n\r\n")
        guard head.hasPrefix("HTTP/1.1 101 "), let end = head.range(of: "\r\n\r\n") else { throw RawClient.TimedOut(heard: head) }
        client.forget(head[..<end.upperBound].utf8.count)
        if !reads { try await client.channel.setOption(.autoRead, value: false).get() }
        return RawSocket(client: client)
    }

    /// One frame as clients must send it.
    static func frame(_ opcode: UInt8, _ payload: [UInt8], final: Bool = true, masked: Bool = true) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger((final ? 0x80 : 0) | opcode)
        let bit: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case ...125: buffer.writeInteger(bit | UInt8(payload.count))
        case ...0xFFFF:
            buffer.writeInteger(bit | 126)
            buffer.writeInteger(UInt16(payload.count))
        default:
            buffer.writeInteger(bit | 127)
            buffer.writeInteger(UInt64(payload.count))
        }
        guard masked else {
            buffer.writeBytes(payload)
            return buffer
        }
        let mask: [UInt8] = [0x11, 0xA2, 0x33, 0xC4]
        buffer.writeBytes(mask)
        buffer.writeBytes(payload.enumerated().map { $0.element ^ mask[$0.offset & 3] })
        return buffer
    }

    func send(_ text: String) async throws {
        try await client.send(Self.frame(1, Array(text.utf8)))
    }

    func send(_ frame: ByteBuffer) async throws {
        try await client.send(frame)
    }

    /// The next whole frame of the server: opcode and payload.
    func next(_ limit: Duration = .seconds(10)) async throws -> (opcode: UInt8, payload: [UInt8]) {
        let heard = try await client.wait(limit) { Self.parse($0.bytes) != nil }
        guard let frame = Self.parse(heard.bytes) else { throw RawClient.TimedOut(heard: heard.text) }
        client.forget(frame.length)
        return (frame.opcode, frame.payload)
    }

    /// The next text.
    func nextText() async throws -> String {
        let frame = try await next()
        guard frame.opcode == 1 else { throw RawClient.TimedOut(heard: "opcode \(frame.opcode)") }
        return String(decoding: frame.payload, as: UTF8.self)
    }

    /// The code of the close frame that ends the connection, other frames before it left out; nil when there was none.
    func closeCode(_ limit: Duration = .seconds(10)) async throws -> UInt16? {
        try await client.wait(limit) { $0.isEnded }
        while let frame = Self.parse(client.heard.bytes) {
            client.forget(frame.length)
            if frame.opcode == 8 { return frame.payload.count < 2 ? nil : UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1]) }
        }
        return nil
    }

    static func parse(_ buffer: ByteBuffer) -> (opcode: UInt8, payload: [UInt8], length: Int)? {
        var buffer = buffer
        let start = buffer.readerIndex
        guard let first = buffer.readInteger(as: UInt8.self), let second = buffer.readInteger(as: UInt8.self) else { return nil }
        var length = Int(second & 0x7F)
        if length == 126 {
            guard let long = buffer.readInteger(as: UInt16.self) else { return nil }
            length = Int(long)
        } else if length == 127 {
            guard let long = buffer.readInteger(as: UInt64.self) else { return nil }
            length = Int(long)
        }
        guard let payload = buffer.readBytes(length: length) else { return nil }
        return (first & 0x0F, payload, buffer.readerIndex - start)
    }
}
