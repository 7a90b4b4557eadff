import NIOCore
import NIOSSL

extension ChannelHandlerContext {
    /// Closes without waiting for the peer; under TLS our goodbye is said first.
    ///
    /// By itself NIOSSL waits up to five seconds for the peer's goodbye, and clients with a pool of connections only look when they need one.
    func closeAtOnce() {
        let line = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        close(promise: nil)
        line?.close(promise: nil)
    }
}
