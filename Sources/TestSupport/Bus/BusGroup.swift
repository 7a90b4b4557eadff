package import Bus
import Synchronization

/// The buses of several instances in one process: what one rings, the others hear, in order and on the ringer's thread.
///
/// Bells go by their text, as they do between processes. A cut link behaves as `RedisBus` does: hints get lost, and when it is back
/// everybody who was cut off looks again.
package final class BusGroup: Sendable {
    /// One instance's end.
    package final class Member: MessageBus {
        fileprivate let listeners = BellListeners()
        fileprivate let isCut = Mutex(false)
        private let group: BusGroup

        fileprivate init(_ group: BusGroup) {
            self.group = group
        }

        package func ring(_ bell: Bell) {
            listeners.tell(bell, isOwn: true)
            group.carry(bell, from: self)
        }

        package func listen(_ listener: @escaping @Sendable (Bell, _ isOwn: Bool) -> Void) -> BusSubscription {
            listeners.add(listener)
        }

        /// From now on this instance neither tells nor hears.
        package func cut() {
            isCut.withLock { $0 = true }
        }

        /// The link is back: it looks again.
        package func mend() {
            isCut.withLock { $0 = false }
            lookAgain()
        }

        /// As the poller does each second while the link is cut.
        package func lookAgain() {
            listeners.tell(.lookAgain, isOwn: false)
        }
    }

    private let members = Mutex<[Member]>([])

    package init() {}

    /// Two instances.
    package static func pair() -> (Member, Member) {
        let group = BusGroup()
        return (group.join(), group.join())
    }

    /// One more instance.
    package func join() -> Member {
        let member = Member(self)
        members.withLock { $0.append(member) }
        return member
    }

    private func carry(_ bell: Bell, from ringer: Member) {
        let text = bell.text
        guard !ringer.isCut.withLock({ $0 }), text.utf8.count <= Bell.longestText else { return }
        for member in members.withLock({ $0 }) where member !== ringer && !member.isCut.withLock({ $0 }) {
            if let bell = Bell(text: text) { member.listeners.tell(bell, isOwn: false) }
        }
    }
}
