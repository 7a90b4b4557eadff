import Routing
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("How often the database is asked for what there is not", .serialized)
struct RefusalWritesTests {
    @Test("Requests that find no room cause few writes, however many they are")
    func refusals() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(4)))
        let south = try await house.open(beside: north)
        let (room, key, clock) = (south.room, north.world.key, house.clock)
        let limits = try #require(room.traffic.limits)
        try await house.running([north, south]) {
            let running = (0..<4).map { _ in north.world.message() }
            for call in running {
                await call.settle()
                #expect(call.isTrying)
            }
            let (before, start) = (limits.writes, ContinuousClock.now)
            let refused = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<400 {
                    group.addTask {
                        try? await Task.sleep(for: .milliseconds(number * 2))
                        guard case .undecided = room.control.admission(key, KeyUse(tokens: 0, nanoDollars: 0), at: Health.reading(clock)),
                            case .failure = await limits.obtain(key, KeyUse(tokens: 0, nanoDollars: 0))
                        else { return false }
                        return true
                    }
                }
                return await group.reduce(0) { $1 ? $0 + 1 : $0 }
            }
            let time = ContinuousClock.now - start
            let writes = limits.writes - before
            #expect(refused == 400)
            // An ask each 15 ms, and one for those who came while it was under way; a bell each 50 ms, a word of what changed each 200 ms.
            let most = 2 * Int(time / .milliseconds(15)) + Int(time / .milliseconds(50)) + Int(time / .milliseconds(200)) + 10
            #expect(writes <= most, "\(writes) writes in \(time)")
            print("writes for 400 refused requests: \(writes) in \(time)")
            for call in running { call.complete(stream: true) }
        }
    }
}
