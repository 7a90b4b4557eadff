import Bus
import Synchronization
import TestSupport
import Testing
import Vocabulary

@Suite("The buses of two instances in one process")
struct BusGroupTests {
    private let bell = Bell.nodesChanged

    @Test("who rings hears its own bell, the other hears it as a stranger's")
    func ownAndForeign() {
        let (north, south) = BusGroup.pair()
        let heard = Recorder<String>()
        let subscriptions = [
            north.listen { heard.note("north \($0 == .nodesChanged) \($1)") },
            south.listen { heard.note("south \($0 == .nodesChanged) \($1)") },
        ]
        north.ring(bell)
        withExtendedLifetime(subscriptions) { #expect(heard.entries == ["north true true", "south true false"]) }
    }

    @Test("a cut link loses hints both ways, and who was cut off looks again when it is mended")
    func cut() {
        let (north, south) = BusGroup.pair()
        let heard = Recorder<Bell>()
        let told = Recorder<Bell>()
        let subscriptions = [
            south.listen { bell, isOwn in if !isOwn { heard.note(bell) } }, north.listen { bell, isOwn in if !isOwn { told.note(bell) } },
        ]
        south.cut()
        north.ring(bell)
        south.ring(bell)
        #expect(heard.entries.isEmpty && told.entries.isEmpty)
        south.mend()
        north.ring(bell)
        withExtendedLifetime(subscriptions) { #expect(heard.entries == [.lookAgain, bell]) }
    }

    @Test("a bell too long to be carried stays at home")
    func tooLong() {
        let (north, south) = BusGroup.pair()
        let heard = Recorder<Bool>()
        let subscriptions = [north, south].map { $0.listen { _, isOwn in heard.note(isOwn) } }
        north.ring(.typing(BellTextTests.typing(name: String(repeating: "灯", count: 400))))
        withExtendedLifetime(subscriptions) { #expect(heard.entries == [true]) }
    }
}
