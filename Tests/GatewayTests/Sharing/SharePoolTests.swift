import Routing
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

@Suite("Dividing what is left of a limit")
struct SharePoolTests {
    let time = ManualClock().now()

    func ask(_ allowance: KeyAllowance, own: LimitPart? = nil, of limit: SharedLimit, _ needs: [KeyUse]) -> ShareAsk {
        var shares = KeyShares()
        shares.turn(at: time)
        var parts = shares.parts
        if let own { parts[limit] = own }
        return ShareAsk(key: .make(at: time), allowance: allowance, parts: parts, needs: needs.map(ShareNeed.request))
    }

    let nothing = KeyUse(tokens: 0, nanoDollars: 0)

    @Test("As many as there is room for, in their order")
    func inOrder() {
        let pool = SharePool(others: [.concurrency: SharePool.Others(used: 7)])
        let answer = pool.answer(ask(KeyAllowance(concurrency: 10), of: .concurrency, Array(repeating: nothing, count: 5)))
        #expect(answer.refused.map { $0 == nil } == [true, true, true, false, false])
        #expect(answer.parts[.concurrency]?.granted == 3)
        #expect(answer.isTight)
    }

    @Test("What others hold and don't use is theirs, but may come")
    func mayCome() {
        let pool = SharePool(others: [.concurrency: SharePool.Others(used: 8, idle: 2)])
        let answer = pool.answer(ask(KeyAllowance(concurrency: 10), of: .concurrency, [nothing]))
        #expect(answer.refused.first??.0 == .concurrency)
        #expect(answer.refused.first??.hope == .idle)
        let full = SharePool(others: [.concurrency: SharePool.Others(used: 10)])
        #expect(full.answer(ask(KeyAllowance(concurrency: 10), of: .concurrency, [nothing])).refused.first??.hope == ShareHope.none)
    }

    @Test("What others run may end in a moment")
    func running() {
        let pool = SharePool(others: [.concurrency: SharePool.Others(used: 10, held: 10)])
        #expect(pool.answer(ask(KeyAllowance(concurrency: 10), of: .concurrency, [nothing])).refused.first??.hope == .running)
    }

    @Test("What an instance has itself is used first")
    func ownFirst() {
        let pool = SharePool(others: [.day: SharePool.Others(used: 90)])
        let own = LimitPart(period: SharedLimit.day.period(at: time), held: 2, spent: 0, granted: 10)
        let answer = pool.answer(
            ask(KeyAllowance(moneyPerDay: 100), own: own, of: .day, [KeyUse(tokens: 0, nanoDollars: 8), KeyUse(tokens: 0, nanoDollars: 1)]))
        #expect(answer.refused.map { $0 == nil } == [true, false])
        #expect(answer.parts[.day]?.granted == 10)
    }

    @Test("While there is plenty an eighth goes along, and never more than there is")
    func ahead() {
        let answer = SharePool(others: [:]).answer(ask(KeyAllowance(concurrency: 65), of: .concurrency, [nothing]))
        #expect(answer.parts[.concurrency]?.granted == 9)
        let tight = SharePool(others: [.concurrency: SharePool.Others(used: 40)])
            .answer(ask(KeyAllowance(concurrency: 65), of: .concurrency, [nothing]))
        #expect(tight.parts[.concurrency]?.granted == 1)
    }

    @Test("All limits or none: where one has no room nothing is taken of the others")
    func allOrNothing() {
        let pool = SharePool(others: [.day: SharePool.Others(used: 100)])
        let answer = pool.answer(ask(KeyAllowance(concurrency: 10, moneyPerDay: 100), of: .concurrency, [nothing]))
        #expect(answer.refused.first??.0 == .day)
        #expect(answer.parts[.concurrency]?.granted == 0)
    }

    @Test("Whatever is asked, all together never have more than there is", arguments: 0..<50)
    func neverMore(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let limit = Int64.random(in: 1...40, using: &random)
        let allowance = KeyAllowance(concurrency: Int(limit))
        var instances = Array(repeating: KeyShares(), count: 3)
        var stored = Array(repeating: LimitPart(period: 0), count: 3)
        let key = KeyID.make(at: time)
        let now = ClockReading(moment: Moment(nanoseconds: 1), wall: time)
        for _ in 0..<300 {
            let who = Int.random(in: 0..<3, using: &random)
            if Bool.random(using: &random), instances[who].take(.request(nothing), below: allowance, at: now) { continue }
            if Bool.random(using: &random) { instances[who].letGo() }
            guard let ask = instances[who].ask(key, allowance, Bool.random(using: &random) ? [.request(nothing), .hold(1)] : [], at: now)
            else {
                continue
            }
            let others = stored.enumerated().filter { $0.offset != who }.map(\.element)
            let pool = SharePool(
                others: [
                    .concurrency: SharePool.Others(
                        used: others.reduce(0) { $0 + $1.held + $1.spent }, idle: others.reduce(0) { $0 + $1.idle })
                ])
            let answer = pool.answer(ask)
            stored[who] = answer.parts[.concurrency] ?? stored[who]
            // The answer is lost now and then: what this instance believes is less than what is written.
            if Int.random(in: 0..<5, using: &random) > 0 { instances[who].hear(answer.parts) }
            let all = stored.reduce(0) { $0 + max($1.granted, $1.held) }
            #expect(all <= limit)
            let running = instances.reduce(0) { $0 + ($1.parts[.concurrency]?.held ?? 0) }
            #expect(running <= limit)
        }
    }
}
