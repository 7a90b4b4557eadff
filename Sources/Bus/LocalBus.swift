/// The bus of a single process: every bell is its own.
package final class LocalBus: MessageBus {
    private let listeners = BellListeners()

    package init() {}

    package func ring(_ bell: Bell) {
        listeners.tell(bell, isOwn: true)
    }

    package func listen(_ listener: @escaping @Sendable (Bell, _ isOwn: Bool) -> Void) -> BusSubscription {
        listeners.add(listener)
    }
}
