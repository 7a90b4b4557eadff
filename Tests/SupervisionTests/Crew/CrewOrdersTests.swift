import Supervision
import Testing

@Suite("Orders to the crew")
struct CrewOrdersTests {
    @Test("restart: the new worker is ready but for the data before the old one is told to go, and opens it when that is free")
    func restart() {
        var world = CrewWorld.serving()
        let did1 = world.order(.restart)
        #expect(did1 == [.notify(.reloading), .plan])
        let did2 = world.follow(world.crew.planned(failure: nil, at: world.now))
        #expect(did2 == [.spawn(.serve)])
        let did3 = world.say(.prepared, 102)
        #expect(did3 == [.record(101, .restart), .say(101, .handover)])
        let did4 = world.say(.handed, 101)
        #expect(did4 == [.say(102, .open(isFirst: false, isBeside: true))])
        let did5 = world.say(.ready, 102)
        #expect(did5.answers == [true])
        let did6 = world.end(101, .exited(0))
        #expect(did6 == [.say(102, .alone)])
        #expect(world.crew.mode == "serving" && world.crew.deaths == 0)
    }

    @Test("restart: without a word from the old worker its end is the sign")
    func restartBySign() {
        var world = CrewWorld.serving()
        _ = world.signal(1)
        _ = world.follow(world.crew.planned(failure: nil, at: world.now))
        _ = world.say(.prepared, 102)
        let did7 = world.end(101, .exited(0))
        #expect(did7 == [.say(102, .open(isFirst: false, isBeside: false))])
    }

    @Test("restart: settings that can't be used change nothing")
    func restartRefused() {
        var world = CrewWorld.serving()
        _ = world.order(.restart)
        let actions = world.follow(world.crew.planned(failure: "no", at: world.now))
        #expect(actions.answers == [false] && actions.spawns == [] && world.crew.mode == "serving")
        let did8 = world.order(.restart)
        #expect(did8 == [.notify(.reloading), .plan])
    }

    @Test("restart: a new worker that dies before its turn leaves the old one serving")
    func restartFails() {
        var world = CrewWorld.serving()
        _ = world.order(.restart)
        _ = world.follow(world.crew.planned(failure: nil, at: world.now))
        let actions = world.end(102, .signalled(4, hasCore: false))
        #expect(actions.answers == [false] && actions.spawns == [] && world.crew.mode == "serving" && world.crew.incident == nil)
    }

    @Test("restart: a new worker that dies when the old one is gone is followed by another")
    func restartFailsLate() {
        var world = CrewWorld.serving()
        _ = world.order(.restart)
        _ = world.follow(world.crew.planned(failure: nil, at: world.now))
        _ = world.say(.prepared, 102)
        _ = world.end(101, .exited(0))
        let actions = world.end(102, .exited(74))
        #expect(actions.answers == [false] && actions.spawns == [.serve])
    }

    @Test("restart: an old worker that does not let go is killed")
    func restartHangs() {
        var world = CrewWorld.serving()
        _ = world.order(.restart)
        _ = world.follow(world.crew.planned(failure: nil, at: world.now))
        _ = world.say(.prepared, 102)
        let did9 = world.pass(Crew.handoverTime)
        #expect(did9.contains(.kill(101, signal: 9)))
        let did10 = world.end(101, .signalled(9, hasCore: false))
        #expect(did10 == [.say(102, .open(isFirst: false, isBeside: false))])
    }

    @Test("restart: one at a time")
    func restartTwice() {
        var world = CrewWorld.serving()
        _ = world.order(.restart)
        let did11 = world.order(.restart, tag: 2)
        #expect(did11.answers == [false])
    }

    @Test("SIGTERM drains and is raised again at the end; a second one ends at once")
    func terminate() {
        var world = CrewWorld.serving()
        let did12 = world.signal(15)
        #expect(did12.contains(.say(101, .drain)))
        let did13 = world.end(101, .exited(0))
        #expect(did13.ending == .signal(15))
        var hasty = CrewWorld.serving()
        _ = hasty.signal(15)
        let did14 = hasty.signal(2)
        #expect(did14 == [.kill(101, signal: 9)])
        let did15 = hasty.end(101, .signalled(9, hasCore: false))
        #expect(did15.ending == .signal(2))
    }

    @Test("a worker that does not end in the drain time is killed")
    func drainTime() {
        var world = CrewWorld.serving()
        _ = world.signal(15)
        let did16 = world.pass(14_999)
        #expect(!did16.contains(.kill(101, signal: 9)))
        let did17 = world.pass(1)
        #expect(did17.contains(.kill(101, signal: 9)))
    }

    @Test("stop ends with 0, also when nobody is there to be told")
    func stop() {
        var world = CrewWorld.serving()
        let did18 = world.order(.stop)
        #expect(did18.answers == [true])
        let did19 = world.end(101, .exited(0))
        #expect(did19.ending == .exit(0))
        var empty = CrewWorld.serving()
        _ = empty.end(101, .exited(70))
        _ = empty.say(.ready, 102)
        _ = empty.end(102, .exited(70))
        let did20 = empty.order(.stop)
        #expect(did20.ending == .exit(0))
    }

    @Test("drain lets the data go while a page answers, until resume")
    func drain() {
        var world = CrewWorld.serving()
        let actions = world.order(.drain)
        #expect(actions.spawns == [.apology] && actions.contains(.say(101, .drain)) && actions.answers == [true])
        let did21 = world.end(101, .exited(0))
        #expect(did21 == [] && world.crew.mode == "drained")
        let did22 = world.order(.restart, tag: 2)
        #expect(did22.answers == [false])
        let did23 = world.order(.resume, tag: 3)
        #expect(did23.spawns == [.serve])
        let did24 = world.say(.ready, 103)
        #expect(did24.contains(.say(102, .drain)))
    }

    @Test("a death during the stop starts nobody")
    func deathWhileStopping() {
        var world = CrewWorld.serving()
        _ = world.signal(15)
        let actions = world.end(101, .signalled(11, hasCore: false))
        #expect(actions.spawns == [] && actions.records == [.signal] && actions.ending == .signal(15))
    }
}
