import Supervision
import Testing

@Suite("The wait before a worker is started again")
struct BackoffTests {
    @Test("is nothing at first, then grows to half a minute and stays there")
    func grows() {
        var backoff = Backoff()
        let waits = (0..<10).map { _ in backoff.died(lived: 10, dice: 0.5) }
        #expect(waits == [0, 100, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 30_000, 30_000])
    }

    @Test("is spread by a fifth to both sides, whatever the dice say", arguments: [-5.0, 0.0, 0.25, 0.999, 7.0])
    func spread(dice: Double) {
        var backoff = Backoff()
        _ = backoff.died(lived: 0, dice: dice)
        for base: Int64 in [100, 500, 1_000] {
            let wait = backoff.died(lived: 0, dice: dice)
            #expect(wait >= base * 8 / 10 && wait <= base * 12 / 10)
        }
    }

    @Test("begins anew after ten good minutes")
    func begins() {
        var backoff = Backoff()
        for _ in 0..<5 { _ = backoff.died(lived: 10, dice: 0.5) }
        let waits = [599_999, 600_000].map { backoff.died(lived: $0, dice: 0.5) }
        #expect(waits == [5_000, 0])
        #expect(backoff.failures == 1)
    }
}

@Suite("A crash loop")
struct CrashLoopTests {
    @Test("is five deaths in a minute, whatever they look like")
    func five() {
        var loop = CrashLoop()
        let verdicts = (0..<5).map { loop.died(signature: nil, at: Int64($0) * 14_000) }
        #expect(verdicts == [false, false, false, false, true])
    }

    @Test("is not five deaths in more than a minute")
    func slow() {
        var loop = CrashLoop()
        let verdicts = (0..<50).map { loop.died(signature: nil, at: Int64($0) * 16_000) }
        #expect(!verdicts.contains(true))
    }

    @Test("is three deaths alike, others between them or not")
    func alike() {
        var loop = CrashLoop()
        let verdicts = ["a", "b", "a", "a"].enumerated().map { loop.died(signature: $1, at: Int64($0)) }
        #expect(verdicts == [false, false, false, true])
    }

    @Test("is forgotten when somebody says so")
    func forgotten() {
        var loop = CrashLoop()
        for time: Int64 in 0..<4 { _ = loop.died(signature: nil, at: time) }
        loop.forget()
        let isLoop = loop.died(signature: nil, at: 5)
        #expect(!isLoop && loop.count(at: 5) == 1)
    }
}

@Suite("Inputs that kill")
struct HeldInputsTests {
    @Test("are held back after the second death they took part in, the likeliest alone")
    func twice() {
        var held = HeldInputs()
        let caught = [[1, 2, 3], [9, 8, 2]].map { held.died(with: $0, makeID: { "7e57" }) }
        let expected = HeldInput(fingerprint: 2, incident: "7e57")
        #expect(caught == [[], [expected]] && held.held == [expected])
    }

    @Test("are never those that were there in one death only, nor what has no fingerprint")
    func once() {
        var held = HeldInputs()
        let caught = (UInt64(1)...20).flatMap { held.died(with: [0, $0], makeID: { "" }) }
        #expect(caught == [])
    }

    @Test("are let go when somebody says so")
    func release() {
        var held = HeldInputs()
        for _ in 1...2 { _ = held.died(with: [7], makeID: { "" }) }
        held.release()
        let caught = held.died(with: [7], makeID: { "" })
        #expect(caught == [] && held.held == [])
    }
}
