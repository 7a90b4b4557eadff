import Testing

@testable import Host

/// Which thread of a process that hangs is the one.
struct ThreadWaitingTests {
    private static func thread(_ id: Int32, _ state: Character, _ place: String?, _ call: String? = nil, name: String = "pool")
        -> ThreadFacts
    {
        ThreadFacts(id: id, name: name, state: state, waitsIn: place, systemCall: call, ticks: 0)
    }

    #if arch(x86_64)
        private static let futex = "202"
    #else
        private static let futex = "98"
    #endif
    /// As they were seen.
    static let loop = thread(1, "S", "do_epoll_wait", "232 0x11 0x7f3e10000e50 0x40 0xffffffff 0x0 0x10")
    static let pool = thread(2, "S", "futex_do_wait", "\(futex) 0x7f3e3931e1d0 0x189 0x0 0x7f3e351fe9d8 0x0 0xffffffff")
    static let mutex = thread(3, "S", "futex_do_wait", "\(futex) 0x7f3e3931e1d0 0x80 0x2 0x0 0x0 0x0")
    static let sleeper = thread(4, "S", "do_sys_poll", "7 0x0 0x0 0xea60")
    static let disk = thread(5, "D", "folio_wait_bit_common")
    static let runner = thread(6, "R", nil, "running")
    static let pulse = thread(7, "S", "hrtimer_nanosleep", "230 0x0", name: "pulse")
    static let hidden = thread(8, "S", nil)

    @Test("who waits for events, messages or work is idle; who sleeps, runs, waits for the disk or a lock is not")
    func idle() {
        let waiting = [Self.loop, Self.pool].filter(\.isIdle).map(\.id)
        let busy = [Self.mutex, Self.sleeper, Self.disk, Self.runner, Self.hidden].filter(\.isIdle).map(\.id)
        #expect(waiting == [1, 2] && busy == [])
    }

    @Test("the one that gave the last sign counts unless it has become idle")
    func likely() {
        let all = [Self.loop, Self.pool, Self.sleeper, Self.mutex, Self.pulse]
        #expect(all.hanging(likely: 3) == 3)
        #expect(all.hanging(likely: 1) == 4)
        #expect(all.hanging(likely: 99) == 4)
    }

    @Test("the disk comes first, a running one last, our own clock never")
    func order() {
        #expect([Self.runner, Self.mutex, Self.disk].hanging(likely: 0) == 5)
        #expect([Self.runner, Self.mutex].hanging(likely: 0) == 3)
        #expect([Self.runner, Self.pulse].hanging(likely: 0) == 6)
        #expect([Self.loop, Self.pulse, Self.pool].hanging(likely: 7) == 7)
        #expect([Self.loop, Self.pulse, Self.pool].hanging(likely: 0) == nil)
        #expect([ThreadFacts]().hanging(likely: 1) == nil)
    }
}
