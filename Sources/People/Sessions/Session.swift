package import Vocabulary

/// One signed-in browser of a member.
package struct Session: Hashable, Sendable {
    package let id: SessionID
    package let member: MemberID
    package let createdAt: Timestamp
    /// True to five minutes: a write per request would cost more than it tells.
    package let lastSeenAt: Timestamp
    package let device: Device

    /// 30 days without use end it.
    package static let idleLife = Duration.seconds(30 * 86_400)
    /// 90 days end it in any case; the cookie lives as long.
    package static let wholeLife = Duration.seconds(90 * 86_400)
    static let seenInterval = Duration.seconds(300)

    package func isLive(at now: Timestamp) -> Bool {
        now < lastSeenAt + Session.idleLife && now < createdAt + Session.wholeLife
    }
}

/// Where a request comes from, as it says itself (user agent) and as the server sees it (address).
package struct Device: Hashable, Sendable {
    package let userAgent: String
    package let address: String

    /// Both are cut to what the table holds, never inside a character.
    package init(userAgent: String, address: String) {
        self.userAgent = userAgent.prefix(upToBytes: 400)
        self.address = address.prefix(upToBytes: 64)
    }
}

/// A member who has just signed in, and the only copy of its token.
package struct SignedIn: Sendable {
    package let workspace: Workspace
    package let member: Member
    package let session: OpenedSession
}

/// A new session and the only copy of its token.
package struct OpenedSession: Sendable {
    package let id: SessionID
    package let token: Token
}

extension String {
    /// The longest beginning of whole characters that fits `limit` bytes.
    func prefix(upToBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var bytes = 0
        let whole = prefix { character in
            bytes += character.utf8.count
            return bytes <= limit
        }
        return String(whole)
    }
}
