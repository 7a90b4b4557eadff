import Bus
import TestSupport
import Testing
import Vocabulary

/// What every bus of several instances keeps, whatever carries it.
@Suite("The contract of a bus", .timeLimit(.minutes(2)))
struct BusContractTests {
    enum Engine: String, CaseIterable { case group, redis }

    /// Two instances that hear each other, and what keeps them alive.
    private func pair(_ engine: Engine) async throws -> (any MessageBus, any MessageBus, any Sendable) {
        switch engine {
        case .group:
            let (north, south) = BusGroup.pair()
            return (north, south, 0)
        case .redis:
            let world = try await RedisWorld()
            let (north, south) = try await world.pair()
            return (north.bus, south.bus, [world.server, north, south] as [any Sendable])
        }
    }

    @Test("a bell is heard once by all: at once and as its own where it was rung, as a stranger's elsewhere", arguments: Engine.allCases)
    func everyoneHears(engine: Engine) async throws {
        let (north, south, kept) = try await pair(engine)
        let heard = Ear<[String]>([])
        let subscriptions = [("north", north), ("south", south)].map { name, bus in
            bus.listen { bell, isOwn in if bell != .lookAgain { heard.change { $0.append("\(name) \(bell == .nodesChanged) \(isOwn)") } } }
        }
        north.ring(.nodesChanged)
        #expect(heard.value.contains("north true true"))
        south.ring(.pricesChanged)
        try await heard.wait { $0.count >= 4 }
        #expect(heard.value.sorted() == ["north false false", "north true true", "south false true", "south true false"])
        withExtendedLifetime((subscriptions, kept)) {}
    }

    @Test("bells of one instance come in the order in which they were rung", arguments: Engine.allCases)
    func order(engine: Engine) async throws {
        let (north, south, kept) = try await pair(engine)
        let heard = Ear<[Bell]>([])
        let subscription = south.listen { bell, isOwn in if !isOwn, bell != .lookAgain { heard.change { $0.append(bell) } } }
        let bells = (1...500).map { Sample.moved($0) }
        for bell in bells { north.ring(bell) }
        try await heard.wait { $0.count >= 500 }
        #expect(heard.value == bells)
        withExtendedLifetime((subscription, kept)) {}
    }

    @Test("who let go of the subscription hears nothing any more", arguments: Engine.allCases)
    func lettingGo(engine: Engine) async throws {
        let (north, south, kept) = try await pair(engine)
        let (heard, others) = (Ear<[Bell]>([]), Ear<[Bell]>([]))
        var first: BusSubscription? = south.listen { bell, isOwn in if !isOwn { heard.change { $0.append(bell) } } }
        let second = south.listen { bell, isOwn in if !isOwn { others.change { $0.append(bell) } } }
        north.ring(.nodesChanged)
        try await heard.wait { $0.contains(.nodesChanged) }
        withExtendedLifetime(first) {}
        first = nil
        north.ring(.pricesChanged)
        try await others.wait { $0.contains(.pricesChanged) }
        #expect(!heard.value.contains(.pricesChanged))
        withExtendedLifetime((second, kept)) {}
    }

    @Test("a bell too long to be carried is told at home only", arguments: Engine.allCases)
    func tooLong(engine: Engine) async throws {
        let (north, south, kept) = try await pair(engine)
        let (own, foreign) = (Ear<[Bell]>([]), Ear<[Bell]>([]))
        let subscriptions = [
            north.listen { bell, isOwn in if isOwn { own.change { $0.append(bell) } } },
            south.listen { bell, isOwn in if !isOwn, bell != .lookAgain { foreign.change { $0.append(bell) } } },
        ]
        let name = String(repeating: "灯", count: 400)
        let long = Bell.typing(
            Bell.Typing(conversation: Sample.id(1), customer: Sample.id(2), by: .system, name: name, isOn: true, connection: "c"))
        north.ring(long)
        north.ring(.nodesChanged)
        try await foreign.wait { !$0.isEmpty }
        #expect(foreign.value == [.nodesChanged])
        #expect(own.value == [long, .nodesChanged])
        withExtendedLifetime((subscriptions, kept)) {}
    }
}
