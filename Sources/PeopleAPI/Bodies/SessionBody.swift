import People
import Vocabulary

struct SessionBody: Encodable {
    let id: SessionID
    let current: Bool
    let createdAt: Timestamp
    let lastSeenAt: Timestamp
    let userAgent: String
    let address: String

    init(_ session: Session, current: SessionID) {
        id = session.id
        self.current = session.id == current
        createdAt = session.createdAt
        lastSeenAt = session.lastSeenAt
        userAgent = session.device.userAgent
        address = session.device.address
    }
}
