import Dispatch
import Logging
import Settings
import TestSupport
import Testing
import Vocabulary

@testable import Assembly

@Suite("Orders to a whole house", .timeLimit(.minutes(4)))
struct HouseOrderTests {
    /// A house of its own, with workspace Lantern, and what it answers over its control socket while it serves.
    private static func running(
        isSetUp: Bool = true, _ body: (_ send: @Sendable (HouseOrder) async throws -> HouseAnswer) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let settings = try settings(directory)
        let house = try await House.open(settings, logger: .silent)
        let prepared = try HousePreparation(settings, .gateway)
        if isSetUp {
            _ = try await house.found(
                HouseFounding(
                    workspace: "Lantern", ownerEmail: "ada@lantern.example", ownerName: "Ada",
                    password: Secret("a lantern by the harbour"), shop: "Lantern"))
        }
        let ready = Signal()
        let serving = Task { _ = try await house.serve(prepared) { _ in ready.give() } }
        await ready.wait()
        let path = directory.path
        while await call(.listKeys(workspace: nil), path) == nil { try await Task.sleep(for: .milliseconds(5)) }
        try await body { order in
            let answer = await call(order, path)
            return try #require(answer)
        }
        serving.cancel()
        _ = await serving.result
        await house.close()
        #expect(await call(.listKeys(workspace: nil), path) == nil, "nobody listens any more")
    }

    private static func settings(_ directory: TemporaryDirectory) throws -> Settings {
        try Settings.load(
            catalogue: HouseSettings.catalogue, flags: ["--http-port", "0", "--drain-time", "0s"],
            environment: ["DATA_DIR": directory.path + "/data"], directory: directory.path)
    }

    /// The call blocks: not on the tasks' threads.
    private static func call(_ order: HouseOrder, _ directory: String) async -> HouseAnswer? {
        await withCheckedContinuation { done in
            DispatchQueue.global().async { done.resume(returning: ControlCall.send(order, directory: directory + "/data")) }
        }
    }

    private static func node(_ name: String? = nil, _ url: String? = nil, _ credential: String? = nil) -> NodeOrder {
        var order = NodeOrder(name: name, url: url)
        order.credential = credential
        return order
    }

    @Test("before there is a workspace each is refused with what to do")
    func empty() async throws {
        try await Self.running(isSetUp: false) { send in
            for order in [
                HouseOrder.listNodes(workspace: nil), .addNode(Self.node("x", "https://x.example")), .createKey(KeyOrder(name: "x")),
            ] {
                let answer = try await send(order)
                #expect(answer.refusal?.contains("switchboard setup") == true)
            }
        }
    }

    @Test("nodes are added, listed, changed, switched and removed while it runs")
    func nodes() async throws {
        try await Self.running { send in
            let added = try await send(.addNode(Self.node("north", "https://north.example", "sk-north")))
            #expect(added.output.count == 1 && added.refusal == nil)
            func list() async throws -> [String] {
                try await send(.listNodes(workspace: "Lantern")).output.map { $0.split(separator: "\t").prefix(5).joined(separator: " ") }
            }
            #expect(try await list() == ["north https://north.example anthropic 1 healthy"])
            for (step, state) in [
                (NodeStep.drain, "draining"), (.undrain, "healthy"), (.disable, "disabled"), (.enable, "healthy"),
            ] {
                #expect(try await send(.stepNode(name: "north", step: step, workspace: nil)).refusal == nil)
                #expect(try await list() == ["north https://north.example anthropic 1 \(state)"])
            }
            var change = Self.node("nord")
            (change.priority, change.weight) = (3, 7)
            #expect(try await send(.changeNode(name: "north", change: change)).notes.first?.hasPrefix("node nord changed") == true)
            #expect(try await list() == ["nord https://north.example anthropic 3 healthy"])
            #expect(try await send(.changeNode(name: "nord", change: Self.node("nord"))).notes == ["node nord: nothing was changed"])
            #expect(try await send(.stepNode(name: "nord", step: .remove, workspace: nil)).refusal == nil)
            #expect(try await list().isEmpty)
        }
    }

    @Test("a stored credential does not move to another host without being given again")
    func bond() async throws {
        try await Self.running { send in
            _ = try await send(.addNode(Self.node("north", "https://north.example", "sk-north-secret")))
            let refused = try await send(.changeNode(name: "north", change: Self.node(nil, "https://evil.example")))
            #expect(
                refused.refusal?.hasSuffix("[gateway.node_moved]") == true && refused.refusal?.contains("https://north.example") == true)
            #expect(refused.refusal?.contains("sk-north-secret") == false)
            #expect(
                try await send(.changeNode(name: "north", change: Self.node(nil, "https://south.example", "sk-north-secret"))).refusal
                    == nil)
            #expect(try await send(.listNodes(workspace: nil)).output.first?.contains("https://south.example") == true)
        }
    }

    @Test("a node that does not answer fails its test, with the reason on one line")
    func test() async throws {
        try await Self.running { send in
            var order = Self.node("near", "http://127.0.0.1:1")
            (order.allowLoopback, order.healthMethod) = (true, "head")
            #expect(try await send(.addNode(order)).notes.last?.contains("--credential-env") == true)
            let tested = try await send(.stepNode(name: "near", step: .test, workspace: nil))
            #expect(tested.output.first?.hasPrefix("failed\thead\t") == true && tested.refusal?.contains("near") == true)
        }
    }

    @Test("keys are made, listed without themselves, and revoked")
    func keys() async throws {
        try await Self.running { send in
            var order = KeyOrder(name: "laptop")
            (order.budgetDay, order.requestsPerMinute, order.models) = ("2.50", 60, ["claude-*"])
            let made = try await send(.createKey(order))
            let key = try #require(made.output.first)
            #expect(key.hasPrefix("sb-") && key.utf8.count == 46)
            #expect(try await send(.listKeys(workspace: nil)).output == ["laptop\t\(key.prefix(9))…\tactive"])
            #expect(try await send(.createKey(order)).refusal?.contains("gateway.key_name_taken") == true)
            #expect(try await send(.revokeKey(name: "laptop", workspace: nil)).refusal == nil)
            #expect(try await send(.listKeys(workspace: nil)).output == ["laptop\t\(key.prefix(9))…\trevoked"])
        }
    }

    @Test("what makes no sense is refused in one sentence and changes nothing")
    func refusals() async throws {
        try await Self.running { send in
            var money = KeyOrder(name: "x")
            money.budgetDay = "much"
            var days = KeyOrder(name: "x")
            days.expiresInDays = 0
            for (order, word) in [
                (HouseOrder.stepNode(name: "nobody", step: .drain, workspace: nil), "nobody"),
                (.changeNode(name: "nobody", change: Self.node("x")), "nobody"), (.revokeKey(name: "nobody", workspace: nil), "nobody"),
                (.listNodes(workspace: "Harbour"), "Harbour"), (.addNode(Self.node("x")), "gateway.invalid"),
                (.addNode(Self.node("x", "ftp://x")), "gateway.node_url"), (.createKey(money), "much"), (.createKey(days), "36500"),
            ] {
                let answer = try await send(order)
                #expect(answer.output.isEmpty && answer.refusal?.contains(word) == true, "\(order): \(answer)")
            }
            #expect(try await send(.listNodes(workspace: nil)).output.isEmpty)
            #expect(try await send(.listKeys(workspace: nil)).output.isEmpty)
        }
    }
}
