package import NIOCore
package import NIOHTTP1

/// The client's side of a relayed request: what the web server's gate gives the relay. On the connection's event loop only.
package protocol ClientLine: AnyObject {
    var eventLoop: any EventLoop { get }
    var isWritable: Bool { get }
    /// The gate adds what its connection needs (`connection`, framing, `date`).
    func respond(_ head: HTTPResponseHead)
    func write(_ bytes: ByteBuffer)
    func flush()
    func finish(_ trailers: HTTPHeaders?)
    /// Ends the connection (HTTP/1.1) or resets the stream (HTTP/2) so that the client sees a broken response.
    func cut()
    /// Whether to read on from the client. Reading goes on where it was when the response is finished.
    func setReading(_ on: Bool)
}
