import Routing
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("Viewers of the live board that leave while it speaks", .timeLimit(.minutes(4)))
struct LiveBoardCancellationTests {
    @Test("stop neither the board nor anyone else")
    func leaving() async {
        let board = LiveBoard(clock: ManualClock())
        let workspace = WorkspaceID.make(at: Timestamp(milliseconds: 1))
        let node = NodeID.make(at: Timestamp(milliseconds: 1))
        let isOver = Ended()
        let speaker = Task.detached {
            while !isOver.value.load(ordering: .relaxed) {
                board.nodeChanged(node, in: workspace)
                await Task.yield()
            }
        }
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<4 {
                tasks.addTask {
                    for _ in 0..<1_500 {
                        let viewer = Task { for await _ in board.view(of: workspace).events {} }
                        try? await Task.sleep(for: .microseconds(100))
                        viewer.cancel()
                        await viewer.value
                    }
                }
            }
        }
        isOver.value.store(true, ordering: .relaxed)
        await speaker.value
        #expect(board.openRequests == 0)
    }
}

private final class Ended: Sendable {
    let value = Atomic(false)
}
