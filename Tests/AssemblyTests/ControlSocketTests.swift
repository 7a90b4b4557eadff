import Dispatch
import Glibc
import Logging
import ServiceLifecycle
import Supervision
import TestSupport
import Testing

@testable import Assembly

@Suite("Orders to the running server", .timeLimit(.minutes(4)))
struct ControlSocketTests {
    @Test("arrive as they were given, and the answer comes back; only the owner may connect")
    func roundTrip() async throws {
        let directory = try TemporaryDirectory()
        let heard = Recorder<NodeOrder>()
        let socket = ControlSocket(directory: directory.path, logger: .silent) { order in
            guard case .addNode(let node) = order else { return HouseAnswer(refusal: "not that") }
            heard.note(node)
            return HouseAnswer(output: ["id"], notes: ["添加"])
        }
        try await serving(socket, in: directory) {
            var order = NodeOrder(name: "north", url: "https://north.example")
            (order.models, order.allowLoopback) = (["a=b", "c*"], true)
            let answer = await send(.addNode(order), directory.path)
            #expect(answer?.output == ["id"] && answer?.notes == ["添加"] && answer?.refusal == nil)
            #expect(heard.entries == [order])
            #expect(await send(.listKeys(workspace: nil), directory.path)?.refusal == "not that")
            let mode = try directory.mode(of: DoorAddress.control)
            #expect(mode == 0o600)
            // What is longer than an order may be is hung up on.
            let long = await send(.addNode(NodeOrder(name: String(repeating: "x", count: 100_000), url: "")), directory.path)
            #expect(long?.output.isEmpty != false)
        }
        #expect(directory.names().isEmpty)
    }

    @Test("find nobody where no server runs, also over the socket that an ended one left")
    func nobody() async throws {
        let directory = try TemporaryDirectory()
        #expect(await send(.listNodes(workspace: nil), directory.path) == nil)
        do {
            guard let address = DoorAddress(directory: directory.path, file: DoorAddress.control), let left = address.bound() else {
                Issue.record("no socket could be bound")
                return
            }
            close(left)
        }
        #expect(directory.names() == [DoorAddress.control])
        #expect(await send(.listNodes(workspace: nil), directory.path) == nil)
        let socket = ControlSocket(directory: directory.path, logger: .silent) { _ in HouseAnswer(output: ["new"]) }
        try await serving(socket, in: directory) {
            #expect(await send(.listNodes(workspace: nil), directory.path)?.output == ["new"])
        }
    }

    private func serving(_ socket: ControlSocket, in directory: TemporaryDirectory, _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(configuration: .init(services: [.init(service: socket)], logger: .silent))
        let running = Task { try await group.run() }
        while await send(.listKeys(workspace: "are you there"), directory.path) == nil { try await Task.sleep(for: .milliseconds(5)) }
        try await body()
        await group.triggerGracefulShutdown()
        try await running.value
    }

    /// The call blocks: not on the tasks' threads.
    private func send(_ order: HouseOrder, _ directory: String) async -> HouseAnswer? {
        await withCheckedContinuation { done in
            DispatchQueue.global().async { done.resume(returning: ControlCall.send(order, directory: directory)) }
        }
    }
}
