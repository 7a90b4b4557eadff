import Gateway
import Vocabulary

/// Where a feed's frames go.
protocol LiveOutlet: Sendable {
    /// Returns once the frame no longer waits for the reader, or there is none any more.
    func send(_ frame: [UInt8]) async
    func close(code: UInt16, reason: String)
}

/// One person's live view: the greeting, then what happens, as fast as it is read.
///
/// Who reads slowly misses events: they wait in the board's bounded stream of this viewer, nowhere else. Who stood still for `patience` is
/// greeted anew, because what it missed could have been an end.
struct LiveFeed: Sendable {
    let gateway: GatewayRoom
    let clock: any WallClock
    let viewer: MemberPrincipal
    let current: @Sendable (SessionID) async throws -> MemberPrincipal?
    var patience = Duration.seconds(2)
    /// Between two looks at the session.
    var interval = Duration.seconds(3)

    /// Until the task is cancelled or the session ends.
    func run(on outlet: some LiveOutlet) async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await tell(outlet) }
            tasks.addTask {
                await waitForEnd()
                if !Task.isCancelled { outlet.close(code: 4_401, reason: "signed out") }
            }
            await tasks.next()
            tasks.cancelAll()
        }
    }

    private func tell(_ outlet: some LiveOutlet) async {
        while !Task.isCancelled {
            let view = gateway.live.view(of: viewer.workspace)
            let greeting = frames.hello(view, at: clock.now())
            guard await isPrompt(greeting, to: outlet) else { continue }
            for await event in view.events {
                guard await isPrompt(frames.event(event), to: outlet) else { break }
            }
        }
    }

    /// False when the reader stood still.
    private func isPrompt(_ frame: JSONValue, to outlet: some LiveOutlet) async -> Bool {
        let began = ContinuousClock.now
        await outlet.send(frame.bytes)
        return ContinuousClock.now - began < patience
    }

    /// What can't be looked up at the moment has not ended.
    private func waitForEnd() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            do {
                guard let member = try await current(viewer.session), member.workspace == viewer.workspace else { return }
            } catch {
                continue
            }
        }
    }

    private var frames: LiveFrames {
        LiveFrames(views: NodeViews(gateway: gateway, clock: clock), workspace: viewer.workspace)
    }
}
