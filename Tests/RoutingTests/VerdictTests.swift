import Routing
import Testing

@Suite("What an outcome says")
struct VerdictTests {
    @Test("every status from 100 to 599 is judged as the table in docs/gateway.md says", arguments: 100...599)
    func statuses(_ status: Int) {
        let verdict = Verdict(.status(status))
        let isFine = status / 100 == 2 || status == 304
        #expect(verdict.isSuccess == isFine)
        #expect(verdict.certainty == (isFine ? .committed : .rejected))

        let goesOn: Set = [401, 402, 403, 404, 408, 409, 429]
        let isBroken = !isFine && (status < 400 || status >= 500)
        #expect(verdict.mayGoOn == (goesOn.contains(status) || isBroken))

        let expected: Blame =
            switch status {
            case 401: .dead(.credentialRefused)
            case 402: .dead(.paymentRequired)
            case 403: .dead(.forbidden)
            case 404: .model
            case 408, 409: .nobody
            case 429: .rateDomain(.seconds(30))
            case 529: .node(.overloaded)
            case 400...499: .client
            default: isFine ? .nobody : .node(.status(status))
            }
        #expect(verdict.blame == expected)
    }

    @Test("after content no status and no end lets another node take over (INC-15)")
    func committed() {
        for status in 100...599 {
            let verdict = Verdict(.status(status, hadContent: true))
            #expect(verdict.certainty == .committed && !verdict.mayGoOn)
        }
        for outcome in [Outcome.brokeAfterContent, .silence, .completed] {
            #expect(Verdict(outcome).certainty == .committed && !Verdict(outcome).mayGoOn)
        }
    }

    @Test("what is no HTTP status at all is the node's fault", arguments: [-1, 0, 99, 600, 999, .max])
    func impossible(_ status: Int) {
        #expect(Verdict(.status(status)).blame == .node(.status(status)))
        #expect(Verdict(.status(status)).mayGoOn)
    }

    @Test(
        "outcomes without a complete response",
        arguments: [
            (Outcome.notSent(.refused), Certainty.notSent, true, Blame.node(.notSent(.refused))),
            (.notSent(.unresolved), .notSent, true, .node(.notSent(.unresolved))),
            (.notSent(.connectTimeout), .notSent, true, .node(.notSent(.connectTimeout))),
            (.notSent(.unreachable), .notSent, true, .node(.notSent(.unreachable))),
            (.notSent(.forbidden), .notSent, true, .node(.notSent(.forbidden))),
            (.notSent(.tls), .notSent, true, .node(.notSent(.tls))),
            (.notSent(.stale), .notSent, true, .nobody),
            (.notSent(.local), .notSent, true, .nobody),
            (.brokeBeforeHead, .possiblyAccepted, true, .node(.brokeBeforeHead)),
            (.firstByteTimeout, .possiblyAccepted, true, .node(.firstByteTimeout)),
            (.brokeBeforeContent, .started, true, .node(.broke)),
            (.brokeAfterContent, .committed, false, .node(.broke)),
            (.silence, .committed, false, .node(.silence)),
            (.completed, .committed, false, .nobody),
            (.clientLeft, .possiblyAccepted, false, .nobody),
        ])
    func others(_ outcome: Outcome, certainty: Certainty, goesOn: Bool, blame: Blame) {
        let verdict = Verdict(outcome)
        #expect(verdict.certainty == certainty)
        #expect(verdict.mayGoOn == goesOn)
        #expect(verdict.blame == blame)
        #expect(verdict.isSuccess == (outcome == .completed))
    }

    @Test(
        "an error at the start of a stream means what its type means as a status",
        arguments: [
            ("overloaded_error", true, Blame.node(.overloaded)), ("api_error", true, .node(.streamError)),
            ("made_up", true, .node(.streamError)), (nil, true, .node(.streamError)), ("rate_limit_error", true, .rateDomain(.seconds(30))),
            ("authentication_error", true, .dead(.credentialRefused)), ("permission_error", true, .dead(.forbidden)),
            ("billing_error", true, .dead(.paymentRequired)), ("not_found_error", true, .model),
            ("invalid_request_error", false, .client), ("request_too_large", false, .client),
        ] as [(String?, Bool, Blame)])
    func streamErrors(_ type: String?, goesOn: Bool, blame: Blame) {
        let verdict = Verdict(.earlyStreamError(type: type))
        #expect(verdict.certainty == .started)
        #expect(verdict.mayGoOn == goesOn)
        #expect(verdict.blame == blame)
    }

    @Test(
        "a spend limit kills, whoever says it",
        arguments: [(nil, "enforced_spend_limit_reached"), ("insufficient_quota", nil), (nil, "insufficient_quota")] as [(String?, String?)]
    )
    func spendLimit(_ type: String?, code: String?) {
        let verdict = Verdict(.status(429, errorType: type, errorCode: code))
        #expect(verdict.blame == .dead(.spendLimit))
        #expect(verdict.mayGoOn)
    }

    @Test(
        "retry-after counts as it came, between a second and a day",
        arguments: [(nil, 30), (7, 7), (0, 1), (-5, 1), (86_401, 86_400), (.max, 86_400)])
    func retryAfter(_ header: Int?, seconds: Int) {
        #expect(Verdict(.limited(header)).blame == .rateDomain(.seconds(seconds)))
    }

    @Test("only where nothing was sent is another try free of the budget; only where something may have been done is money suspected")
    func money() {
        #expect(!Verdict(.notSent(.refused)).spendsRetryBudget)
        #expect(Verdict(.broken).spendsRetryBudget && Verdict(.brokeBeforeHead).spendsRetryBudget)
        #expect(Verdict(.brokeBeforeHead).isChargeSuspected && Verdict(.earlyStreamError(type: nil)).isChargeSuspected)
        #expect(Verdict(.clientLeft).isChargeSuspected)
        #expect(!Verdict(.broken).isChargeSuspected && !Verdict(.notSent(.tls)).isChargeSuspected)
    }

    @Test("the best of several errors is the one that says most about now and least about us")
    func ranks() {
        let order = [429, 529, 503, 404, 403, 402, 401, 302]
        #expect(order.map(Verdict.rank).sorted() == order.map(Verdict.rank))
        #expect(Set(order.map(Verdict.rank)).count == order.count)
        #expect(Verdict.rank(ofStatus: 500) == Verdict.rank(ofStatus: 504))
    }
}
