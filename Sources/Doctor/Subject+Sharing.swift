package import Vocabulary

extension Subject {
    /// What several instances share, where the database is a server's.
    package struct Sharing: Sendable {
        /// Without user and password: `db.example:3306/house`.
        package var server: String
        /// On this machine, so that nobody listens in between.
        package var isNear: Bool
        /// `off`, `required` or `verify`.
        package var tls: String
        /// Without password; nil: not set.
        package var redis: String?
        /// Of the program, that the settings need and it was built without.
        package var missingFeatures: [String]
        /// `HOUSE_KEY` is set, or its file is there.
        package var hasHouseKey: Bool
        /// How hints get to and from the server that runs here; nil: none runs, or nothing carries them.
        package var hints: Hints?
        /// Asks the database server. Blocks.
        package var look: @Sendable () throws -> Answer
        /// Asks Redis, and returns what it calls itself. Blocks.
        package var lookAtRedis: @Sendable () throws -> String

        package init(
            server: String, isNear: Bool, tls: String, redis: String?, missingFeatures: [String], hasHouseKey: Bool,
            look: @escaping @Sendable () throws -> Answer, lookAtRedis: @escaping @Sendable () throws -> String
        ) {
            self.server = server
            self.isNear = isNear
            self.tls = tls
            self.redis = redis
            self.missingFeatures = missingFeatures
            self.hasHouseKey = hasHouseKey
            self.look = look
            self.lookAtRedis = lookAtRedis
        }
    }
}

extension Subject.Sharing {
    /// How hints between instances get through, as the running server sees it.
    package struct Hints: Sendable {
        package var isUp: Bool
        /// Since when, RFC 3339.
        package var since: String
        /// Of the last loss of the link, without secrets.
        package var lastError: String?
        /// Instances that live and are not heard.
        package var silent: Int
        /// Of hints by what became of them, and of the link's returns, since the server's start.
        package var counts: [String: Int]

        package init(isUp: Bool, since: String, lastError: String?, silent: Int, counts: [String: Int]) {
            self.isUp = isUp
            self.since = since
            self.lastError = lastError
            self.silent = silent
            self.counts = counts
        }
    }

    /// What the database server says of itself.
    package struct Answer: Sendable {
        /// `MariaDB`, `MySQL`.
        package var engine: String
        package var version: String
        /// Server variables by name, in lower case; what it doesn't have is left out.
        package var variables: [String: String]
        /// Its clock ahead of ours, or behind, below zero.
        package var ahead: Duration
        /// Who works on it.
        package var instances: [Instance]

        package init(engine: String, version: String, variables: [String: String], ahead: Duration, instances: [Instance]) {
            self.engine = engine
            self.version = version
            self.variables = variables
            self.ahead = ahead
            self.instances = instances
        }
    }

    /// One of those that work on the database.
    package struct Instance: Sendable {
        package var name: String
        /// Of its program.
        package var version: String
        package var startedAt: Timestamp
        /// By its own clock.
        package var seenAt: Timestamp

        package init(name: String, version: String, startedAt: Timestamp, seenAt: Timestamp) {
            self.name = name
            self.version = version
            self.startedAt = startedAt
            self.seenAt = seenAt
        }
    }
}
