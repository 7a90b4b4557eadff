/// Why a text is no address for a node.
package enum NodeURLFault: String, Error, Hashable, Sendable {
    /// Empty, over 1,000 characters, or with characters that no URL has.
    case malformed
    /// Neither `https` nor `http`.
    case scheme
    /// `http` to somewhere beyond the networks that the node may reach: the credential would travel in clear.
    case plain
    /// A user name or password in it.
    case userInfo = "user_info"
    case query
    case fragment
    /// Not 1–65,535.
    case port
    /// Neither a name nor an address in its usual form.
    case host
    /// A path with dot segments or empty segments.
    case path
    /// An address that nodes may never have, or not without leave.
    case address = "forbidden_address"

    /// What to do, for people.
    package var explanation: String {
        switch self {
        case .malformed: "Give an address such as https://api.anthropic.com, in ASCII letters and at most 1,000 characters."
        case .scheme: "A node's address begins with https:// or http://."
        case .plain:
            """
            Without TLS the node's credential would travel in clear: http:// is for private or loopback addresses, after that has been \
            allowed for the node. Use https://.
            """
        case .userInfo: "Leave user name and password out of the address; the credential has a field of its own."
        case .query: "Leave the query (what follows “?”) out of the address."
        case .fragment: "Leave the fragment (what follows “#”) out of the address."
        case .port: "The port must be a number from 1 to 65535."
        case .host: "Name a host such as api.anthropic.com, 192.0.2.7 or [2001:db8::7]; international names in their xn-- form."
        case .path: "The path must consist of plain segments such as /anthropic, without “..”, “.” or “//”."
        case .address:
            """
            This address is closed to nodes. Loopback and private addresses have to be allowed for the node; link-local, metadata and \
            multicast addresses never are.
            """
        }
    }
}
