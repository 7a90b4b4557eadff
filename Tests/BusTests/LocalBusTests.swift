import Bus
import Synchronization
import Testing
import Vocabulary

@Suite("The bus of one process")
struct LocalBusTests {
    private let bell = Bell.sessionEnded(SessionID.make(at: Timestamp(milliseconds: 1)))

    @Test("everyone who listens hears a bell, once and at once")
    func everyoneHears() {
        let bus = LocalBus()
        let heard = Mutex<[String: [Bell]]>([:])
        let subscriptions = ["Ada", "Bo"].map { name in
            bus.listen { bell, isOwn in if isOwn { heard.withLock { $0[name, default: []].append(bell) } } }
        }
        bus.ring(bell)
        withExtendedLifetime(subscriptions) {
            #expect(heard.withLock { $0 } == ["Ada": [bell], "Bo": [bell]])
        }
    }

    @Test("who let go of the subscription hears nothing any more, the others still do")
    func lettingGo() {
        let bus = LocalBus()
        let counts = Mutex([0, 0])
        var first: BusSubscription? = bus.listen { _, _ in counts.withLock { $0[0] += 1 } }
        let second = bus.listen { _, _ in counts.withLock { $0[1] += 1 } }
        bus.ring(bell)
        withExtendedLifetime(first) {}
        first = nil
        bus.ring(bell)
        withExtendedLifetime(second) { #expect(counts.withLock { $0 } == [1, 2]) }
    }

    @Test("a listener may ring, listen and let go itself")
    func reentrance() {
        let bus = LocalBus()
        let log = Mutex<[Bell]>([])
        let answer = Bell.memberChanged(MemberID.make(at: Timestamp(milliseconds: 2)))
        let subscription = bus.listen { [bell] heard, _ in
            log.withLock { $0.append(heard) }
            _ = bus.listen { _, _ in }
            if heard == bell { bus.ring(answer) }
        }
        bus.ring(bell)
        withExtendedLifetime(subscription) { #expect(log.withLock { $0 } == [bell, answer]) }
    }

    @Test("bells from many tasks all arrive while others come and go")
    func manyRingers() async {
        let bus = LocalBus()
        let count = Mutex(0)
        let subscription = bus.listen { _, _ in count.withLock { $0 += 1 } }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    for _ in 0..<100 {
                        bus.ring(bell)
                        _ = bus.listen { _, _ in }
                    }
                }
            }
        }
        withExtendedLifetime(subscription) { #expect(count.withLock { $0 } == 5_000) }
    }
}
