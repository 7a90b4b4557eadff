import BlackBox
import Testing

@testable import Supervision

@Suite("The crew and a new release")
struct CrewReleaseTests {
    /// A crew whose worker (101) is of another program than the supervisor.
    private func moved() -> CrewWorld {
        var world = CrewWorld.serving()
        world.crew.hasOtherProgram = true
        return world
    }

    private func alike(_ parts: [OptionalPart] = []) -> Crew.Circumstances {
        var circumstances = Crew.Circumstances()
        (circumstances.signature, circumstances.parts) = ("cafe", parts)
        return circumstances
    }

    private func die(_ world: inout CrewWorld, times: Int, _ circumstances: Crew.Circumstances) -> [Action] {
        var last: [Action] = []
        for _ in 0..<times {
            last = world.end(world.next, .signalled(4, hasCore: false), circumstances) + world.pass(6_000)
            _ = world.say(.ready, world.next)
        }
        return last
    }

    @Test("a crash loop goes back to the release before, at once and without an incident")
    func back() {
        var world = moved()
        _ = die(&world, times: 2, alike())
        let last = world.end(world.next, .signalled(4, hasCore: false), alike())
        let left = last.firstIndex(of: .leaveProgram(reason: "its workers ended again and again, last with SIGILL in stage 0 fingerprint"))
        // The next one has to be of the program before: it is changed first. The evidence comes last, when all is decided.
        #expect(left != nil && left.flatMap { last.dropFirst($0 + 1).first } == .spawn(.serve) && last.records == [.signal])
        #expect(world.crew.incident == nil && !world.crew.hasOtherProgram)
    }

    @Test("what it goes back to has its own chances: another loop there is an incident")
    func loopThere() {
        var world = moved()
        _ = die(&world, times: 3, alike())
        #expect(die(&world, times: 2, alike()).spawns == [.serve])
        #expect(world.end(world.next, .signalled(4, hasCore: false), alike()).spawns == [.apology])
    }

    @Test("settings that only this release refuses send back, too")
    func refused() {
        var world = moved()
        _ = world.say(.refused(78, sentence: "PORTS is no setting"), 101)
        let actions = world.end(101, .exited(78))
        #expect(actions.contains(.leaveProgram(reason: "its workers ended again and again, last with PORTS is no setting")))
        #expect(actions.spawns == [.serve] && world.crew.incident == nil)
    }

    @Test("a part that ends it is switched off first; what was switched off for its sake is on again in the release before")
    func parts() {
        var world = moved()
        _ = die(&world, times: 3, alike([.backups]))
        #expect(world.crew.parts.off == [.backups] && world.crew.hasOtherProgram)
        let last = die(&world, times: 3, alike())
        #expect(world.crew.parts.off == [] && !world.crew.hasOtherProgram)
        #expect(!last.contains { if case .say(_, .off) = $0 { true } else { false } })
    }

    @Test("without another release there is nothing to go back to")
    func own() {
        var world = CrewWorld.serving()
        let last = die(&world, times: 3, alike())
        #expect(world.crew.incident != nil && !last.contains { if case .leaveProgram = $0 { true } else { false } })
    }
}
