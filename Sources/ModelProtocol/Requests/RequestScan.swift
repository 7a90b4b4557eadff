/// How long the prompt cache that a request asks for lives: a session sticks to its node as long.
package enum CacheLife: Int, Comparable, Sendable {
    /// No `cache_control` anywhere (OpenAI's family caches without being asked).
    case none
    case fiveMinutes
    case oneHour

    package static func < (one: CacheLife, other: CacheLife) -> Bool { one.rawValue < other.rawValue }
}

/// What the gateway needs to know of a request's body, found in one pass without decoding the rest.
///
/// Only members of the top level (and of `metadata` and `stream_options`) count: never text inside strings or a `model` inside a tool.
package struct RequestScan: Hashable, Sendable {
    /// Longest `model`, in bytes of UTF-8.
    package static let modelLimit = 256

    /// The value of `model`, decoded.
    package internal(set) var model = ""
    /// Where that value stands in the body, quotes included.
    package internal(set) var modelRange = 0..<0
    /// `"stream": true`.
    package internal(set) var isStream = false
    /// `max_tokens`, `max_completion_tokens` or `max_output_tokens`; never negative.
    package internal(set) var maxTokens: Int?
    /// `metadata.user_id` as it came, at most 4,096 bytes.
    package internal(set) var userID: String?
    /// The session in `metadata.user_id`, in the form of a JSON text or of `…_session_<uuid>`.
    package internal(set) var sessionID: String?
    /// By the longest `ttl` of any `cache_control`.
    package internal(set) var cacheLife = CacheLife.none
    /// At most 64 bytes, as are the other short texts here.
    package internal(set) var serviceTier: String?
    package internal(set) var inferenceGeo: String?
    /// Elements of `messages` or of an `input` that is an array (1 for an `input` that is a text).
    package internal(set) var messageCount = 0
    /// The same for all turns of a conversation, different between conversations; nil without messages. 64 bits over the system prompt,
    /// the messages up to the first that is not the system's, and the tools' size, without `cache_control`, which moves from turn to turn.
    package internal(set) var fingerprint: UInt64?
    /// OpenAI's `user`, at most 512 bytes.
    package internal(set) var user: String?
    /// OpenAI's `prompt_cache_key`, at most 512 bytes.
    package internal(set) var promptCacheKey: String?
    /// OpenAI's `previous_response_id`, at most 512 bytes: that response is kept by one node.
    package internal(set) var previousResponseID: String?
    /// OpenAI's `conversation`, by its id, at most 512 bytes: kept by one node too.
    package internal(set) var conversationID: String?
    /// `store`: whether the answer is to be kept by the provider; nil where nothing is said.
    package internal(set) var stores: Bool?
    /// OpenAI's `"background": true`: the answer comes when it is ready, to whoever asks for it then.
    package internal(set) var runsInBackground = false
    /// Ids of files, containers, vector stores and skills that the body names, wherever they stand outside of what tools are called with:
    /// a provider reads them for whoever has its credential. At most `ObjectReferences.limit` and one more, each once.
    package internal(set) var objectIDs: Set<String> = []
    /// `stream_options.include_usage`: without it OpenAI's chat streams carry no usage.
    package internal(set) var includesUsage = false
    /// Images and documents that stand in the body as base64.
    package internal(set) var mediaCount = 0
    /// Their bytes.
    package internal(set) var mediaBytes = 0

    init() {}

    /// Scans a whole body. Time grows with its length only.
    package init(_ body: UnsafeRawBufferPointer) throws(RequestScanError) {
        var scanner = RequestScanner(body)
        self = try scanner.run()
    }

    /// Scans a whole body.
    package init(_ body: [UInt8]) throws(RequestScanError) {
        let result: Result<RequestScan, RequestScanError> = body.withUnsafeBytes { bytes in
            do throws(RequestScanError) { return .success(try RequestScan(bytes)) } catch { return .failure(error) }
        }
        self = try result.get()
    }

    /// Whether any `cache_control` is there at all.
    package var hasCacheControl: Bool { cacheLife != .none }
}
