import Routing
import Testing
import TestSupport

@Suite("A node's health")
struct NodeHealthTests {
    @Test("it goes out at exactly the threshold, not before (INC-10)", arguments: 1...6)
    func threshold(_ threshold: Int) {
        var rules = HealthRules()
        rules.failureThreshold = threshold
        var world = PoolWorld(rules: rules)
        world.send(threshold - 1, to: "north", .broken)
        #expect(world.state("north") == .healthy)
        world.send(to: "north", .broken)
        #expect(world.cooldown("north") != nil)
        #expect(world.healthChanges("north").map(\.reason.count) == [threshold])
    }

    @Test("a success in between begins the count anew")
    func successBetween() {
        var world = PoolWorld()
        for _ in 0..<2 {
            world.send(2, to: "north", .broken)
            world.send(to: "north", .completed)
        }
        world.send(2, to: "north", .overloaded)
        #expect(world.state("north") == .healthy)
    }

    @Test("it says why, in words")
    func words() throws {
        var world = PoolWorld()
        world.send(3, to: "north", .overloaded)
        let change = try #require(world.healthChanges("north").first)
        let seconds = change.reason.cooldownSeconds
        #expect((8...12).contains(seconds))
        #expect(change.reason.english == "cooling down \(seconds) s after 3 failures in a row (529 overloaded)")
        #expect(change.reason.chinese == "冷却 \(seconds) 秒：连续 3 次失败（529 过载）")
        #expect(change.from == .healthy && change.to == world.state("north"))
    }

    @Test(
        "every kind of failure that is the node's counts",
        arguments: [
            Outcome.notSent(.refused), .notSent(.tls), .brokeBeforeHead, .firstByteTimeout, .earlyStreamError(type: "api_error"),
            .brokeBeforeContent, .brokeAfterContent, .silence, .status(503), .status(302), .overloaded, .status(504),
        ])
    func kinds(_ outcome: Outcome) {
        var world = PoolWorld()
        world.send(3, to: "north", outcome)
        #expect(world.cooldown("north") != nil)
    }

    @Test(
        "what is not its fault never takes it out, however often (T-1, INC-16, INC-19)",
        arguments: [
            Outcome.status(400), .status(404), .status(405), .status(408), .status(409), .status(413), .status(422), .status(499),
            .clientLeft,
            .notSent(.local), .notSent(.stale), .earlyStreamError(type: "invalid_request_error"),
        ])
    func innocent(_ outcome: Outcome) {
        var world = PoolWorld()
        for index in 0..<500 {
            let assignment = world.begin(at: "north", model: "model-\(index)")
            #expect(assignment != nil)
            world.end(assignment, outcome)
        }
        #expect(world.state("north") == .healthy)
        #expect(world.healthChanges("north").isEmpty)
        #expect(world.snapshot("north")?.errorRate == 0)
    }

    @Test("a bad rate takes it out without three in a row, but not before ten requests (T-1)")
    func errorRate() {
        var world = PoolWorld()
        var sent = 0
        while world.state("north") == .healthy, sent < 100 {
            world.send(to: "north", sent % 3 == 2 ? .completed : .broken)
            sent += 1
        }
        #expect((10...30).contains(sent))
        #expect(world.healthChanges("north").last?.reason.code == .errorRate)
    }

    @Test("a rate of one failure in four is borne")
    func bearable() {
        var world = PoolWorld()
        for index in 0..<400 { world.send(to: "north", index % 4 == 3 ? .broken : .completed) }
        #expect(world.state("north") == .healthy)
    }

    @Test("after a pause of minutes old failures are forgotten")
    func forgets() {
        var rules = HealthRules()
        rules.failureThreshold = 1_000
        var world = PoolWorld(rules: rules)
        world.send(9, to: "north", .broken)
        world.advance(.seconds(121))
        world.send(to: "north", .broken)
        #expect(world.state("north") == .healthy)
        world.send(9, to: "north", .broken)
        #expect(world.cooldown("north") != nil)
    }

    @Test("after its cool-down exactly one request is let through at a time, and three that go well heal (INC-13)")
    func trials() throws {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        #expect(world.begin(at: "north") == nil)
        world.advance(.seconds(13))
        #expect(world.state("north") == .halfOpen)
        for passed in 1...3 {
            let begun = world.begin(at: "north")
            let trial = try #require(begun)
            #expect(trial.reason == .trial)
            for _ in 0..<5 { #expect(world.begin(at: "north") == nil) }
            world.end(trial, .completed)
            #expect(world.state("north") == (passed == 3 ? .healthy : .halfOpen))
        }
        #expect(world.healthChanges("north").last?.reason.code == .trialsPassed)
        #expect(world.begin(at: "north") != nil && world.begin(at: "north") != nil)
    }

    @Test("each failed trial doubles the cool-down up to five minutes; healing begins anew")
    func growing() throws {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        for expected in [10.0, 20, 40, 80, 160, 300, 300, 300] {
            let cooldown = try #require(world.cooldown("north"))
            #expect(cooldown >= expected * 0.8 - 0.001 && cooldown <= expected * 1.2 + 0.001)
            world.advance(.seconds(cooldown + 0.001))
            world.send(to: "north", .broken)
        }
        world.advance(.seconds(361))
        world.send(3, to: "north", .completed)
        world.send(3, to: "north", .broken)
        #expect(try #require(world.cooldown("north")) <= 12)
    }

    @Test("cool-downs are spread, so that many nodes do not come back at once")
    func jitter() {
        let cooldowns = (UInt64(0)..<50).map { seed -> Double in
            var world = PoolWorld(seed: seed)
            world.send(3, to: "north", .broken)
            return world.cooldown("north") ?? 0
        }
        #expect(Set(cooldowns).count > 40)
        #expect(cooldowns.allSatisfy { (8.0...12.0).contains($0) })
    }

    @Test("a trial whose client leaves gives its place back, and says nothing (INC-19, T-2)")
    func cancelledTrial() {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        world.advance(.seconds(13))
        for _ in 0..<10 {
            let trial = world.begin(at: "north")
            #expect(trial != nil)
            world.end(trial, .clientLeft)
            #expect(world.state("north") == .halfOpen)
        }
    }

    @Test("a trial that never ends keeps others out for a minute, no longer (T-2); its late success still counts")
    func lostTrial() {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        world.advance(.seconds(13))
        let lost = world.begin(at: "north")
        world.advance(.seconds(59))
        #expect(world.begin(at: "north") == nil)
        world.advance(.seconds(2))
        let second = world.begin(at: "north")
        #expect(second != nil)
        #expect(world.begin(at: "north") == nil)
        world.end(lost, .completed)
        // The place of the second is not given away by the end of the first.
        #expect(world.begin(at: "north") == nil)
        world.end(second, .completed)
        world.send(to: "north", .completed)
        #expect(world.state("north") == .healthy)
    }

    @Test("late failures of requests from before make the cool-down neither longer nor shorter")
    func lateFailures() {
        var world = PoolWorld()
        let late = (0..<20).map { _ in world.begin(at: "north") }
        world.send(3, to: "north", .broken)
        let before = world.state("north")
        for assignment in late.prefix(15) { world.end(assignment, .broken) }
        #expect(world.state("north") == before)
        world.advance(.seconds(13))
        // Nor do late successes heal.
        for assignment in late.dropFirst(15) { world.end(assignment, .completed) }
        #expect(world.state("north") == .halfOpen)
    }

    @Test("while a request is on trial a check that fails waits for what it finds")
    func checkDuringTrial() {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        world.advance(.seconds(13))
        let trial = world.begin(at: "north")
        for _ in 0..<5 { world.probe("north", .broken) }
        #expect(world.state("north") == .halfOpen)
        world.end(trial, .completed)
        world.send(2, to: "north", .completed)
        #expect(world.state("north") == .healthy)
        // Without one it counts like a failed trial.
        world.send(3, to: "north", .broken)
        world.advance(.seconds(13))
        world.probe("north", .broken)
        #expect(world.cooldown("north") != nil)
    }

    @Test("what comes back gets a quarter of its weight, then half, three quarters, all")
    func slowStart() {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        world.advance(.seconds(13))
        world.send(3, to: "north", .completed)
        for (seconds, percent) in [(0, 25), (9, 25), (2, 50), (10, 75), (10, 100)] {
            world.advance(.seconds(seconds))
            #expect(world.snapshot("north")?.weightPercent == percent)
        }
    }

    @Test("a check that goes well brings a cooling node back at once (INC-08, INC-13)")
    func checkHeals() {
        var world = PoolWorld()
        world.send(3, to: "north", .broken)
        world.probe("north", .completed, proves: .reachable)
        #expect(world.state("north") == .healthy)
        #expect(world.begin(at: "north") != nil)
    }

    @Test("a node whose checks go well and whose requests do not cools down longer each time all the same")
    func flattering() throws {
        var world = PoolWorld()
        for expected in [10.0, 20, 40, 80] {
            world.send(3, to: "north", .broken)
            #expect(try #require(world.cooldown("north")) >= expected * 0.8)
            world.probe("north", .completed)
        }
    }

    @Test("one failed check takes nothing out, the third in a row does; requests that go well count for more", arguments: [1, 2, 3])
    func failedChecks(_ count: Int) {
        var world = PoolWorld()
        for _ in 0..<count { world.probe("north", .firstByteTimeout) }
        #expect((world.cooldown("north") != nil) == (count == 3))

        for _ in 0..<20 {
            world.probe("south", .firstByteTimeout)
            world.send(to: "south", .completed)
        }
        #expect(world.state("south") == .healthy)
    }

    @Test("a failed check and failed requests are not counted together (INC-10)")
    func separateCounts() {
        var world = PoolWorld()
        world.send(2, to: "north", .broken)
        world.probe("north", .broken)
        world.probe("north", .broken)
        #expect(world.state("north") == .healthy)
    }

    @Test("a check's own mistakes say nothing", arguments: [Outcome.status(400), .status(404), .limited(5), .clientLeft, .notSent(.local)])
    func innocentChecks(_ outcome: Outcome) {
        var world = PoolWorld()
        for _ in 0..<10 { world.probe("north", outcome) }
        #expect(world.state("north") == .healthy)
    }

    @Test(
        "what kills stays until a person or the right proof",
        arguments: [
            (Outcome.refusedKey, DeathCause.credentialRefused, ProbeEvidence.authorised), (.status(403), .forbidden, .authorised),
            (.status(402), .paymentRequired, .served), (.status(429, errorCode: "enforced_spend_limit_reached"), .spendLimit, .served),
        ])
    func death(_ outcome: Outcome, cause: DeathCause, cure: ProbeEvidence) {
        var world = PoolWorld()
        world.send(to: "north", outcome)
        #expect(world.state("north") == .dead)
        #expect(world.snapshot("north")?.cure == cure)
        #expect(world.healthChanges("north").map(\.reason.death) == [cause])
        world.advance(.seconds(86_400))
        #expect(world.begin(at: "north") == nil)
        for evidence in ProbeEvidence.allCases where evidence < cure {
            world.probe("north", .completed, proves: evidence)
            #expect(world.state("north") == .dead)
        }
        world.probe("north", .completed, proves: cure)
        #expect(world.state("north") == .healthy)

        world.send(to: "north", outcome)
        world.note(world.pool.revive(world.node("north").id, at: world.now))
        #expect(world.state("north") == .healthy)
        #expect(world.healthChanges("north").last?.reason.code == .revived)
    }

    @Test("a check that is refused kills too")
    func deadByCheck() {
        var world = PoolWorld()
        world.probe("north", .refusedKey)
        #expect(world.state("north") == .dead)
    }

    @Test("a person's word also ends a cool-down, and its growth")
    func revived() throws {
        var world = PoolWorld()
        for _ in 0..<4 {
            world.send(3, to: "north", .broken)
            world.note(world.pool.revive(world.node("north").id, at: world.now))
        }
        world.send(3, to: "north", .broken)
        #expect(try #require(world.cooldown("north")) <= 12)
    }

    @Test("every reason has words in both languages")
    func allWords() {
        let causes: [FailureCause] =
            [.status(503), .overloaded, .brokeBeforeHead, .firstByteTimeout, .streamError, .broke, .silence, .check]
            + NotSentKind.allCases.map { .notSent($0) }
        for cause in causes {
            #expect(FailureCause(code: cause.code) == cause)
            #expect(cause.code.utf8.count <= 24)
            for code in HealthReason.Code.allCases {
                let reason = HealthReason(code, cause: cause, death: .forbidden, count: 3, cooldownSeconds: 9)
                #expect(reason.english.hasPrefix("cooling down 9 s after ") && reason.chinese.hasPrefix("冷却 9 秒："))
            }
        }
        #expect(FailureCause(code: "nonsense") == nil && FailureCause(code: "1234567890") == nil)
    }
}
