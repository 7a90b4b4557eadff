import NIOCore
import NIOHTTP1

/// A response's head as bytes: written by hand, because a fault's head may be one that an encoder would refuse.
struct ResponseHead {
    let bytes: ByteBuffer

    init(_ delivery: Delivery, isChunked: Bool, isKept: Bool) {
        var text = "HTTP/1.1 \(delivery.status) \(HTTPResponseStatus(statusCode: delivery.status).reasonPhrase)\r\n"
        for (name, value) in delivery.headers { text += "\(name): \(value)\r\n" }
        if isChunked {
            text += "transfer-encoding: chunked\r\n"
        } else if delivery.framing == .length, delivery.status != 204 {
            text += "content-length: \(delivery.claimedLength ?? delivery.length)\r\n"
        }
        if !isKept, delivery.ending == .finish || delivery.framing == .chunked && !isChunked { text += "connection: close\r\n" }
        bytes = ByteBuffer(string: text + "\r\n")
    }
}
