#if MySQL
    /// How a connection that may change tables does it beside others who work on them.
    struct SchemaChanging: Sendable {
        /// Seconds that a change waits for a table. Everybody who wants the table meanwhile waits behind it, so it is short.
        static let lockTime = 2
        /// Lets those through who had to wait.
        private static let pause = 500

        /// How long it is tried again.
        var patience = Duration.seconds(600)
        /// Called before each further try.
        let progress: @Sendable () -> Void

        /// Runs one statement that commits by itself. Where somebody uses the table for long (a backup's snapshot), it gives way and tries again.
        func patiently<Value>(_ body: () throws -> Value) throws -> Value {
            let deadline = ContinuousClock.now + patience
            while true {
                do {
                    return try body()
                } catch let fault as MySQLFault where fault.code == 1205 && ContinuousClock.now < deadline {
                    progress()
                    MySQLLine.pause(milliseconds: Self.pause)
                }
            }
        }
    }
#endif
