import Bus
import Vocabulary

/// What goes over the channel: who says it, and what.
struct RedisMessage: Hashable {
    enum Content: Hashable {
        case bell(Bell)
        /// A sign of life.
        case beat
        /// This instance ends in good order.
        case farewell
    }

    /// Bytes of the longest message.
    static let longest = 27 + Bell.longestText

    let from: InstanceID
    let content: Content

    init(_ content: Content, from: InstanceID) {
        self.from = from
        self.content = content
    }

    /// Nil for everything that no instance would say.
    init?(text: String) {
        guard text.utf8.count <= Self.longest, let space = text.firstIndex(of: " "), let from = InstanceID(text[..<space]) else {
            return nil
        }
        let words = text[text.index(after: space)...]
        switch words {
        case "beat": content = .beat
        case "farewell": content = .farewell
        default:
            guard let bell = Bell(text: String(words)) else { return nil }
            content = .bell(bell)
        }
        self.from = from
    }

    /// Nil for a bell that is too long to be carried.
    var text: String? {
        switch content {
        case .beat: return "\(from) beat"
        case .farewell: return "\(from) farewell"
        case .bell(let bell):
            let text = bell.text
            return text.utf8.count <= Bell.longestText ? "\(from) \(text)" : nil
        }
    }
}
