import HTTPTypes
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2
import NIOPosix
import NIOSSL

/// One HTTP/2 connection under TLS.
struct HTTP2Client: Sendable {
    struct Answer: Sendable {
        let head: HTTPResponse
        let text: String
    }

    let channel: any Channel
    private let streams: NIOHTTP2Handler.AsyncStreamMultiplexer<Void>

    static func connect(to port: Int) async throws -> HTTP2Client {
        try await ClientBootstrap(group: RawClient.group).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                var configuration = TLSConfiguration.makeClientConfiguration()
                configuration.certificateVerification = .none
                configuration.applicationProtocols = ["h2"]
                let handler = try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: nil)
                try channel.pipeline.syncOperations.addHandler(handler)
                let streams = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(mode: .client, configuration: .init()) {
                    $0.eventLoop.makeSucceededVoidFuture()
                }
                return HTTP2Client(channel: channel, streams: streams)
            }
        }
    }

    /// - Parameter isWhole: false: the body's end is never said.
    func ask(_ request: HTTPRequest, body: String? = nil, isWhole: Bool = true) async throws -> Answer {
        let stream = try await streams.openStream { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTPClientCodec())
                return try NIOAsyncChannel<HTTPResponsePart, HTTPRequestPart>(
                    wrappingChannelSynchronously: stream, configuration: .init(isOutboundHalfClosureEnabled: true))
            }
        }
        return try await stream.executeThenClose { inbound, outbound in
            try await outbound.write(.head(request))
            if let body { try await outbound.write(.body(ByteBuffer(string: body))) }
            if isWhole { try await outbound.write(.end(nil)) }
            var head: HTTPResponse?
            var bytes = ByteBuffer()
            parts: for try await part in inbound {
                switch part {
                case .head(let found): head = found
                case .body(let more): bytes.writeImmutableBuffer(more)
                case .end: break parts
                }
            }
            guard let head else { throw RawClient.TimedOut(heard: "no head") }
            return Answer(head: head, text: String(buffer: bytes))
        }
    }

    func get(_ path: String) async throws -> Answer {
        try await ask(HTTPRequest(method: .get, scheme: "https", authority: "a", path: path))
    }
}
