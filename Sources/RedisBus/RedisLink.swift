import NIOCore
import RedisProtocol

/// Keeps one connection: makes it, has it set up, and makes it anew when it ended.
struct RedisLink: Sendable {
    let configuration: RedisConfiguration
    let group: any EventLoopGroup
    let pace: RedisPace
    /// Gets messages of channels, on the connection's event loop.
    var onPush: @Sendable ([RedisValue]) -> Void = { _ in }
    /// The connection is made: sets it up. It counts as a failed try when this throws.
    let up: @Sendable (RedisConnection) async throws(RedisError) -> Void
    /// The connection ended, or could not be made.
    let down: @Sendable (RedisError) -> Void
    /// Last words, when the task is cancelled.
    var farewell: @Sendable (RedisConnection) -> Void = { _ in }

    /// Until the task is cancelled.
    func run() async {
        var backoff = Backoff(pace)
        while !Task.isCancelled {
            do throws(RedisError) {
                let connection = try await RedisConnection.connect(configuration, on: group, onPush: onPush)
                do throws(RedisError) {
                    try await up(connection)
                } catch {
                    connection.abandon()
                    throw error
                }
                backoff.succeeded()
                down(await end(of: connection))
            } catch {
                down(error)
            }
            try? await Task.sleep(for: backoff.next())
        }
    }

    private func end(of connection: RedisConnection) async -> RedisError {
        await withTaskCancellationHandler {
            await connection.ended()
        } onCancel: {
            farewell(connection)
            connection.beginClosing()
        }
    }
}
