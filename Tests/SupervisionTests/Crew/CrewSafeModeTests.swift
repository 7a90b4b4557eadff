import BlackBox
import Supervision
import Testing

@Suite("The crew in safe mode")
struct CrewSafeModeTests {
    /// The deaths of a crash loop, one after the other, by the next worker each.
    private func die(_ world: inout CrewWorld, times: Int, _ circumstances: Crew.Circumstances) -> [Action] {
        var last: [Action] = []
        for _ in 0..<times {
            last = world.end(world.next, .signalled(4, hasCore: false), circumstances)
            last += world.pass(6_000)
            _ = world.say(.ready, world.next)
        }
        return last
    }

    @Test(
        "a part that was at work in three deaths is switched off in place of an incident, and the next worker is told",
        arguments: OptionalPart.allCases)
    func switchedOff(part: OptionalPart) {
        var world = CrewWorld.serving()
        var circumstances = Crew.Circumstances()
        circumstances.parts = [part]
        // Alike as well: without the part this would be an incident.
        circumstances.signature = "cafe"
        let last = die(&world, times: 3, circumstances)
        #expect(last.contains(.say(104, .off(part.rawValue))) && world.crew.parts.off == [part])
        #expect(world.crew.incident == nil && world.crew.mode == "serving" && world.crew.deaths == 3)
    }

    @Test("a loop that goes on without the part is an incident")
    func goesOn() {
        var world = CrewWorld.serving()
        var circumstances = Crew.Circumstances()
        circumstances.parts = [.backups]
        _ = die(&world, times: 3, circumstances)
        var others = Crew.Circumstances()
        others.signature = "cafe"
        #expect(die(&world, times: 2, others).spawns == [.serve])
        #expect(world.end(world.next, .signalled(4, hasCore: false), others).spawns == [.apology])
        #expect(world.crew.parts.off == [.backups] && world.crew.incident != nil)
    }

    @Test(
        "what was under way is held back after two deaths, but not what only asked for a part's work",
        arguments: [([], [7]), ([.healthChecks], [7]), ([.backups], [7]), ([.metrics], []), ([.compression], [])]
            as [([OptionalPart], [UInt64])])
    func inputs(parts: [OptionalPart], held: [UInt64]) {
        var world = CrewWorld.serving()
        var circumstances = Crew.Circumstances()
        (circumstances.parts, circumstances.underWay) = (parts, [7])
        _ = die(&world, times: 2, circumstances)
        #expect(world.crew.quarantine.held.map(\.fingerprint) == held)
        _ = die(&world, times: 1, circumstances)
        #expect(world.crew.parts.off == parts)
    }

    @Test("resume switches it on again, by a restart")
    func resume() {
        var world = CrewWorld.serving()
        var circumstances = Crew.Circumstances()
        circumstances.parts = [.metrics]
        _ = die(&world, times: 3, circumstances)
        #expect(world.order(.resume).contains(.plan) && world.crew.parts.off == [])
        let begun = world.follow(world.crew.planned(failure: nil, at: world.now))
        #expect(begun.spawns == [.serve] && !begun.contains { if case .say(_, .off) = $0 { true } else { false } })
    }
}
