import People
import Testing
import Vocabulary

struct SignInLimiterTests {
    private let ada = EmailAddress("ada@lantern.example")
    private let bo = EmailAddress("bo@lantern.example")
    private let home = AddressBlock("192.0.2.7")
    private let start = Timestamp(milliseconds: 1_000_000)

    private func limiter(capacity: Int = 100) -> SignInLimiter {
        SignInLimiter(
            account: .init(burst: 3, interval: .seconds(60)), address: .init(burst: 5, interval: .seconds(10)), capacity: capacity)
    }

    @Test("a burst is admitted, then one per interval, and the wait that is told suffices")
    func account() throws {
        var limiter = limiter()
        for number in 0..<3 { #expect(limiter.admit(ada, from: AddressBlock("192.0.2.\(number)"), at: start) == nil) }
        let refused = limiter.admit(ada, from: AddressBlock("192.0.2.99"), at: start)
        let wait = try #require(refused)
        #expect(wait == .seconds(60))
        #expect(limiter.admit(ada, from: AddressBlock("192.0.2.99"), at: start + .seconds(59)) == .seconds(1))
        #expect(limiter.admit(ada, from: AddressBlock("192.0.2.99"), at: start + wait) == nil)
        #expect(limiter.admit(ada, from: AddressBlock("192.0.2.99"), at: start + wait) != nil)
    }

    @Test("one address may not try many accounts, nor text that is no account")
    func address() {
        var limiter = limiter()
        for number in 0..<4 { #expect(limiter.admit(EmailAddress("m\(number)@lantern.example"), from: home, at: start) == nil) }
        #expect(limiter.admit(nil, from: home, at: start) == nil)
        #expect(limiter.admit(bo, from: home, at: start) == .seconds(10))
        #expect(limiter.admit(nil, from: home, at: start) == .seconds(10))
        #expect(limiter.admit(bo, from: AddressBlock("192.0.2.8"), at: start) == nil)
    }

    @Test("refused tries are not counted")
    func refused() {
        var limiter = limiter()
        for _ in 0..<3 { _ = limiter.admit(ada, from: home, at: start) }
        for _ in 0..<1_000 { #expect(limiter.admit(ada, from: home, at: start) != nil) }
        #expect(limiter.admit(ada, from: home, at: start + .seconds(60)) == nil)
    }

    @Test("whoever knows the password is never slowed down")
    func success() throws {
        var limiter = limiter()
        let ada = try #require(ada)
        for second in 0..<100 {
            #expect(limiter.admit(ada, from: home, at: start + .seconds(second)) == nil)
            limiter.succeeded(ada, from: home, at: start + .seconds(second))
        }
    }

    @Test("a stranger who guesses in a member's name does not lock it out of its own place")
    func lockout() throws {
        var limiter = limiter()
        let ada = try #require(ada)
        #expect(limiter.admit(ada, from: home, at: start) == nil)
        limiter.succeeded(ada, from: home, at: start)
        for number in 0..<50 { _ = limiter.admit(ada, from: AddressBlock("198.51.100.\(number)"), at: start) }
        #expect(limiter.admit(ada, from: AddressBlock("198.51.100.200"), at: start) != nil)
        #expect(limiter.admit(ada, from: home, at: start) == nil)
    }

    @Test("a place that is known is limited too")
    func knownPlace() throws {
        var limiter = limiter()
        let ada = try #require(ada)
        limiter.succeeded(ada, from: home, at: start)
        for _ in 0..<3 { #expect(limiter.admit(ada, from: home, at: start) == nil) }
        #expect(limiter.admit(ada, from: home, at: start) == .seconds(60))
    }

    @Test("memory is bounded, whatever is thrown at it")
    func bounded() throws {
        var limiter = limiter(capacity: 50)
        for number in 0..<5_000 {
            let email = try #require(EmailAddress("m\(number)@lantern.example"))
            _ = limiter.admit(email, from: AddressBlock("10.\(number / 65_536).\(number / 256 % 256).\(number % 256)"), at: start)
            limiter.succeeded(email, from: AddressBlock("10.0.0.\(number % 256)"), at: start)
            #expect(limiter.count <= 100)
        }
    }

    @Test("a clock that jumps back locks nobody in for longer than the buckets are deep")
    func clockBack() throws {
        var limiter = limiter()
        for _ in 0..<3 { _ = limiter.admit(ada, from: home, at: start) }
        let refused = limiter.admit(ada, from: home, at: start - .seconds(5))
        let wait = try #require(refused)
        #expect(wait <= .seconds(65))
    }
}

struct AddressBlockTests {
    @Test(
        "one place on the network is one block",
        arguments: [
            ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("::ffff:192.0.2.7", "192.0.2.7", true),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("fe80::1%eth0", "fe80::2%eth1", true), ("", "", true), ("unknown", "192.0.2.7", false), ("::1", "127.0.0.1", false),
        ])
    func blocks(one: String, other: String, areSame: Bool) {
        #expect((AddressBlock(one) == AddressBlock(other)) == areSame)
    }
}
