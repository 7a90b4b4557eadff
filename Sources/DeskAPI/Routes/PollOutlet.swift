import HTTPTypes
import Desk
import ServiceLifecycle
import Synchronization
import WebServer

/// Collects a live session's frames until there is news or time is up.
final class PollOutlet: SessionOutlet {
    private struct State {
        var frames: [[UInt8]] = []
        var bytes = 0
        var hasNews = false
        var closeCode: UInt16?
    }

    /// The rest comes with the next poll.
    private static let byteLimit = 1_048_576

    private let state = Mutex(State())
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    init() {
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func emit(_ frame: OutgoingFrame) {
        // It would end the wait, and `resumed` says the same at the end.
        guard !frame.isPing else { return }
        state.withLock { state in
            state.frames.append(frame.json)
            state.bytes += frame.json.count
            state.hasNews = state.hasNews || frame.isNews
        }
        ring.yield()
    }

    func close(code: UInt16, reason: String) {
        state.withLock { $0.closeCode = code }
        ring.yield()
    }

    var isFull: Bool { state.withLock { $0.bytes >= Self.byteLimit } }

    var frames: [[UInt8]] { state.withLock { $0.frames } }

    /// Nothing came yet that the client didn't have.
    var isQuiet: Bool { state.withLock { !$0.hasNews && $0.closeCode == nil } }

    /// Returns at the next frame, after `time`, when the server is told to end, or when the request is cancelled.
    func news(within time: Duration) async {
        let before = frames.count
        await withTaskGroup { group in
            group.addTask {
                for await _ in self.bell where self.frames.count > before || !self.isQuiet { return }
            }
            group.addTask { try? await Task.sleep(for: time) }
            // A server that goes has no time for who only waits: the client asks the next one.
            group.addTask { try? await gracefulShutdown() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Why the session was ended, as HTTP says it.
    var problem: Problem? {
        switch state.withLock({ $0.closeCode }) {
        case 4403: Problem(.unauthorized, code: "people.signed_out", detail: "The session ended. Sign in again.")
        case 4410: DeskError.shopUnknown.problem
        default: nil
        }
    }
}
