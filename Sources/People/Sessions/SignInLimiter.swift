package import Vocabulary

/// How often a password may be tried: a bucket per account and one per address, without clock or I/O.
///
/// Threat: guessing, from one place or many. And its reverse: locking a member out by guessing in its name; so a place from which the member
/// signed in lately has its own bucket for that account.
package struct SignInLimiter: Sendable {
    /// `burst` tries at once, then one per `interval`.
    package struct Rule: Sendable {
        package let burst: Int64
        package let interval: Duration

        package init(burst: Int64, interval: Duration) {
            self.burst = burst
            self.interval = interval
        }
    }

    /// Who or what is counted.
    private enum Key: Hashable {
        case account(EmailAddress)
        case accountAtKnownPlace(Place)
        case address(AddressBlock)
    }

    private struct Place: Hashable {
        let email: EmailAddress
        let address: AddressBlock
    }

    private let account: Rule
    private let address: Rule
    /// When each bucket will be whole again; whole ones need no entry.
    private var buckets: BoundedTimes<Key>
    /// Until when a place counts as known.
    private var knownPlaces: BoundedTimes<Place>

    private static let knownFor = Duration.seconds(30 * 86_400)

    package init(
        account: Rule = Rule(burst: 10, interval: .seconds(60)), address: Rule = Rule(burst: 50, interval: .seconds(10)),
        capacity: Int = 20_000
    ) {
        self.account = account
        self.address = address
        buckets = BoundedTimes(capacity: capacity)
        knownPlaces = BoundedTimes(capacity: capacity)
    }

    /// Counts a try. Nil: go on; otherwise how long to wait. A refused try is not counted, so that waiting helps.
    package mutating func admit(_ email: EmailAddress?, from block: AddressBlock, at now: Timestamp) -> Duration? {
        let counted = counted(email, from: block, at: now)
        let waits = counted.compactMap { wait(for: $0.key, $0.rule, at: now) }
        if let longest = waits.max() { return longest }
        for (key, rule) in counted { buckets[key, now] = max(buckets[key, now] ?? now, now) + rule.interval }
        return nil
    }

    /// Gives the try back: who knows the password does not guess.
    package mutating func succeeded(_ email: EmailAddress, from block: AddressBlock, at now: Timestamp) {
        for (key, rule) in counted(email, from: block, at: now) {
            if let whole = buckets[key, now] { buckets[key, now] = whole - rule.interval }
        }
        knownPlaces[Place(email: email, address: block), now] = now + Self.knownFor
    }

    /// Keys held, never above twice the capacity.
    package var count: Int { buckets.count + knownPlaces.count }

    private func counted(_ email: EmailAddress?, from block: AddressBlock, at now: Timestamp) -> [(key: Key, rule: Rule)] {
        guard let email else { return [(.address(block), address)] }
        let place = Place(email: email, address: block)
        let isKnown = knownPlaces[place, now] != nil
        return [(isKnown ? .accountAtKnownPlace(place) : .account(email), account), (.address(block), address)]
    }

    private func wait(for key: Key, _ rule: Rule, at now: Timestamp) -> Duration? {
        let whole = max(buckets[key, now] ?? now, now) + rule.interval
        let over = whole.milliseconds - now.milliseconds - rule.interval.wholeMilliseconds * rule.burst
        return over > 0 ? .milliseconds(over) : nil
    }
}

/// What several instances keep together: the few moments that decide about one try, by names that all of them give it.
extension SignInLimiter {
    /// One of the same rules that knows nothing yet.
    var empty: SignInLimiter { SignInLimiter(account: account, address: address, capacity: 8) }

    static func names(of email: EmailAddress?, from block: AddressBlock) -> [String] {
        let keys = Keys(email, block)
        return keys.buckets.map(\.name) + (keys.known.map { [$0.name] } ?? [])
    }

    mutating func learn(_ moments: [String: Timestamp], of email: EmailAddress?, from block: AddressBlock, at now: Timestamp) {
        let keys = Keys(email, block)
        for key in keys.buckets { buckets[key.key, now] = moments[key.name] }
        if let known = keys.known { knownPlaces[known.place, now] = moments[known.name] }
    }

    /// Those that have not passed.
    func moments(of email: EmailAddress?, from block: AddressBlock, at now: Timestamp) -> [String: Timestamp] {
        let keys = Keys(email, block)
        var moments: [String: Timestamp] = [:]
        for key in keys.buckets { moments[key.name] = buckets[key.key, now] }
        if let known = keys.known { moments[known.name] = knownPlaces[known.place, now] }
        return moments
    }

    private struct Keys {
        let buckets: [(key: Key, name: String)]
        let known: (place: Place, name: String)?

        init(_ email: EmailAddress?, _ block: AddressBlock) {
            let place = block.bytes.map(String.init).joined(separator: ".")
            let address = (Key.address(block), "address \(place)")
            guard let email else {
                (buckets, known) = ([address], nil)
                return
            }
            let own = Place(email: email, address: block)
            buckets = [
                address, (.account(email), "account \(email.text)"), (.accountAtKnownPlace(own), "account \(email.text) at \(place)"),
            ]
            known = (own, "known \(email.text) at \(place)")
        }
    }
}

/// Moments by key, forgotten when they have passed; when full, those that pass soonest go first.
private struct BoundedTimes<Key: Hashable & Sendable>: Sendable {
    private var times: [Key: Timestamp] = [:]
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var count: Int { times.count }

    subscript(key: Key, now: Timestamp) -> Timestamp? {
        get { times[key].flatMap { $0 > now ? $0 : nil } }
        set {
            if times[key] == nil, newValue != nil, times.count >= capacity { makeRoom(at: now) }
            times[key] = newValue
        }
    }

    /// Throws away a quarter at once, so that a flood pays for sorting once in many tries.
    private mutating func makeRoom(at now: Timestamp) {
        times = times.filter { $0.value > now }
        guard times.count >= capacity else { return }
        let soonest = times.sorted { $0.value < $1.value }.prefix(max(1, capacity / 4))
        for (key, _) in soonest { times[key] = nil }
    }
}
