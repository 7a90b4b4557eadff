/// The members of a request's top level that are read.
enum RequestField {
    case model, modelInOtherLetters, stream, maxTokens, metadata, system, messages, input, tools, cacheControl
    case serviceTier, inferenceGeo, user, promptCacheKey, previousResponseID, streamOptions, conversation, store, container, background

    /// In bytes.
    static let longestName = 21

    /// By the decoded name. The length decides first, so that most names cost one comparison.
    static func named(_ name: UnsafeRawBufferPointer) -> RequestField? {
        switch name.count {
        case 4: name.equals("user") ? .user : nil
        case 5:
            name.equals("model")
                ? .model : name.equals("tools") ? .tools : name.equals("input") ? .input : name.equals("store") ? .store : otherModel(name)
        case 6: name.equals("stream") ? .stream : name.equals("system") ? .system : nil
        case 8: name.equals("messages") ? .messages : name.equals("metadata") ? .metadata : nil
        case 9: name.equals("container") ? .container : nil
        case 10: name.equals("max_tokens") ? .maxTokens : name.equals("background") ? .background : nil
        case 12:
            name.equals("service_tier")
                ? .serviceTier : name.equals("instructions") ? .system : name.equals("conversation") ? .conversation : nil
        case 13: name.equals("cache_control") ? .cacheControl : name.equals("inference_geo") ? .inferenceGeo : nil
        case 14: name.equals("stream_options") ? .streamOptions : nil
        case 16: name.equals("prompt_cache_key") ? .promptCacheKey : nil
        case 17: name.equals("max_output_tokens") ? .maxTokens : nil
        case 20: name.equals("previous_response_id") ? .previousResponseID : nil
        case 21: name.equals("max_completion_tokens") ? .maxTokens : nil
        default: nil
        }
    }

    /// `Model` and the like: Go's decoder takes them for `model`.
    private static func otherModel(_ name: UnsafeRawBufferPointer) -> RequestField? {
        zip(name, "model".utf8).allSatisfy { $0 | 0x20 == $1 } ? .modelInOtherLetters : nil
    }
}
