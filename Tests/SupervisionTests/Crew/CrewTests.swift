import Supervision
import Testing

@Suite("The crew")
struct CrewTests {
    @Test("starts a worker that may open the data at once, and tells the service manager when it serves")
    func start() {
        var world = CrewWorld()
        let begun = world.begin()
        #expect(begun == [.spawn(.serve), .say(101, .open(isFirst: true, isBeside: false))])
        #expect(world.crew.mode == "starting")
        let did1 = world.say(.ready, 101)
        #expect(did1.contains(.notify(.ready)))
        #expect(world.crew.mode == "serving")
    }

    @Test("starts another one at once when one was killed from outside, however often")
    func killed() {
        var world = CrewWorld.serving()
        for _ in 0..<100 {
            let worker = world.next
            let actions = world.end(worker, .signalled(9, hasCore: false))
            #expect(actions.first == .spawn(.serve) && actions.records == [.signal])
            _ = world.say(.ready, world.next)
            world.now += 50
        }
        #expect(world.crew.incident == nil && world.crew.deaths == 100)
    }

    @Test("counts a kill for want of memory as the worker's own death, and one before it served too")
    func ownDeaths() {
        var world = CrewWorld.serving()
        var memory = Crew.Circumstances()
        memory.wasOutOfMemory = true
        for death in 0..<5 {
            let actions = world.end(world.next, .signalled(9, hasCore: false), memory)
            if death < 4 {
                _ = world.pass(2_500)
                _ = world.say(.ready, world.next)
            } else {
                #expect(actions.spawns == [.apology])
            }
        }
        #expect(world.crew.incident?.id == "abc")
    }

    @Test("waits longer and longer for a worker that dies of itself")
    func waits() {
        var world = CrewWorld.serving()
        let did2 = world.end(101, .signalled(4, hasCore: false))
        #expect(did2.spawns == [.serve])
        _ = world.say(.ready, 102)
        let did3 = world.end(102, .signalled(11, hasCore: false))
        #expect(did3.spawns == [])
        let did4 = world.pass(99)
        #expect(did4.spawns == [])
        let did5 = world.pass(1)
        #expect(did5.spawns == [.serve])
    }

    @Test("ends with a refusal's code at the first start, and not later")
    func refusals() {
        var world = CrewWorld()
        _ = world.begin()
        _ = world.say(.refused(73, sentence: "no"), 101)
        let did6 = world.end(101, .exited(73))
        #expect(did6.ending == .exit(73))
        var later = CrewWorld.serving()
        _ = later.end(101, .signalled(4, hasCore: false))
        let actions = later.end(102, .exited(78))
        #expect(actions.ending == nil && actions.spawns == [.apology] && later.crew.mode == "apology")
    }

    @Test("goes from a crash loop to a page with a number, and back when a worker serves again")
    func incident() {
        var world = CrewWorld.serving()
        var alike = Crew.Circumstances()
        alike.signature = "cafe"
        _ = world.end(101, .signalled(4, hasCore: false), alike)
        _ = world.say(.ready, 102)
        _ = world.end(102, .signalled(4, hasCore: false), alike)
        _ = world.pass(200)
        _ = world.say(.ready, 103)
        let did8 = world.end(103, .signalled(4, hasCore: false), alike)
        #expect(did8.spawns == [.apology])
        _ = world.say(.ready, 104)
        let did9 = world.pass(599_000)
        #expect(did9.spawns == [] && world.pass(1_000).spawns == [.serve])
        let actions = world.say(.ready, 105)
        #expect(actions.contains(.say(104, .drain)) && world.crew.incident == nil && world.crew.mode == "serving")
        let did10 = world.end(104, .exited(0))
        #expect(did10 == [])
    }

    @Test("tries again at once when somebody says `resume`")
    func resume() {
        var world = CrewWorld.serving()
        for _ in 0..<4 {
            _ = world.end(world.next, .exited(70))
            _ = world.pass(1_000)
        }
        #expect(world.crew.incident != nil)
        let actions = world.order(.resume)
        #expect(actions.spawns == [.serve] && actions.answers == [true] && world.crew.incident != nil)
    }

    @Test("starts the stand-in again, not too often, when that dies")
    func standIn() {
        var world = CrewWorld.serving()
        for _ in 0..<4 {
            _ = world.end(world.next, .exited(70))
            _ = world.pass(1_000)
        }
        let standIn = world.next
        let did11 = world.end(standIn, .exited(70))
        #expect(did11.spawns == [])
        let did12 = world.pass(1_000)
        #expect(did12.spawns == [.apology])
    }

    @Test("holds an input back that was under way in two deaths, and tells the next worker")
    func poison() {
        var world = CrewWorld.serving()
        var busy = Crew.Circumstances()
        busy.underWay = [7, 8]
        _ = world.end(101, .signalled(4, hasCore: false), busy)
        _ = world.say(.ready, 102)
        busy.underWay = [8, 9]
        _ = world.end(102, .signalled(4, hasCore: false), busy)
        let did13 = world.pass(150)
        #expect(did13.contains(.say(103, .quarantine(HeldInput(fingerprint: 8, incident: "abc")))))
    }

    @Test("replaces a worker that somebody else told to end, and keeps who it was")
    func foreign() {
        var world = CrewWorld.serving()
        let did14 = world.say(.draining, 101)
        #expect(did14.spawns == [.serve])
        let did15 = world.say(.prepared, 102)
        #expect(did15 == [])
        let did16 = world.end(101, .signalled(15, hasCore: false))
        #expect(did16 == [.record(101, .foreignStop), .say(102, .open(isFirst: false, isBeside: false))])
        _ = world.say(.ready, 102)
        #expect(world.crew.mode == "serving")
    }

    @Test("ends a worker that hangs: evidence first, then a signal to the thread, then to all of it")
    func hang() {
        var world = CrewWorld.serving()
        let sign = VitalSign(name: "writer", lastBeat: 1, thread: 55)
        let actions = world.crew.hung(101, sign, milliseconds: 5_000, at: world.now)
        #expect(
            actions.dropFirst() == [.record(101, .hang(pulse: "writer", milliseconds: 5_000)), .killThread(101, thread: 55, signal: 5)])
        let did17 = world.crew.hung(101, sign, milliseconds: 5_500, at: world.now)
        #expect(did17 == [])
        let did18 = world.pass(2_000)
        #expect(did18 == [.kill(101, signal: 9)])
        let end = world.end(101, .signalled(9, hasCore: false))
        #expect(end.spawns == [.serve] && end.records == [.hang(pulse: "writer", milliseconds: 5_000)])
    }

    @Test("ends a start that stands still")
    func stages() {
        var world = CrewWorld()
        _ = world.begin()
        _ = world.say(.stage(WorkerStage(number: 4, name: "storage")), 101)
        let did19 = world.pass(119_999)
        #expect(did19 == [])
        let did20 = world.pass(1)
        #expect(did20.contains(.killThread(101, thread: 0, signal: 5)))
    }

    @Test("a first start that stands still ends the program with 87; a later one is tried again")
    func stoodStill() {
        var first = CrewWorld()
        _ = first.begin()
        _ = first.say(.stage(WorkerStage(number: 4, name: "storage")), 101)
        _ = first.pass(120_000)
        let end = first.end(101, .signalled(5, hasCore: false))
        #expect(end.ending == .exit(87) && end.records == [.deadline])
        var later = CrewWorld.serving()
        _ = later.end(101, .signalled(9, hasCore: false))
        _ = later.say(.stage(WorkerStage(number: 4, name: "storage")), 102)
        _ = later.pass(120_000)
        let again = later.end(102, .signalled(5, hasCore: false))
        #expect(again.ending == nil && again.spawns == [.serve] && again.records == [.deadline])
    }
}
