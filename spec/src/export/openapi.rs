//! A spec as OpenAPI 3.1.

use serde_json::{Map, Value, json};

use crate::model::{Spec, TrackField, TrackKind};

impl Spec {
    /// Returns an OpenAPI 3.1 document with the POST, the poll, callbacks, and the rules of the request as its schema.
    ///
    /// ```
    /// let spec = cover_spec::Spec::parse("upload_cover.toml", cover_spec::SHIPPED)?;
    /// let document = spec.openapi();
    /// assert_eq!(document["openapi"], "3.1.0");
    /// assert!(document["paths"]["/api/v1/generate/upload-cover"]["post"].is_object());
    /// # Ok::<(), cover_spec::Faults>(())
    /// ```
    #[must_use]
    pub fn openapi(&self) -> Value {
        let name = &*self.request.name;
        let mut document = json!({
            "openapi": "3.1.0",
            "info": { "title": *self.service.name, "description": *self.service.doc, "version": env!("CARGO_PKG_VERSION") },
            "servers": [{ "url": *self.service.base_url }],
            "security": [{ "key": [] }],
            "paths": self.paths(),
            "components": {
                "schemas": { name: self.schema_of_the_request(), &**self.track.name: self.track_schema() },
                "securitySchemes": { "key": self.security() },
            },
        });
        if let Some(page) = &self.service.docs {
            document["externalDocs"] = json!({ "url": **page });
        }
        if let Some(webhooks) = self.webhooks() {
            document["webhooks"] = webhooks;
        }
        document
    }

    fn schema_of_the_request(&self) -> Value {
        let mut schema = self.json_schema();
        // The document itself names the dialect.
        schema.as_object_mut().map(|schema| schema.remove("$schema"));
        schema
    }

    fn security(&self) -> Value {
        let (header, scheme) = (&*self.service.auth_header, &*self.service.auth_scheme);
        if header.eq_ignore_ascii_case("authorization") && !scheme.is_empty() {
            json!({ "type": "http", "scheme": scheme.to_ascii_lowercase() })
        } else {
            json!({ "type": "apiKey", "in": "header", "name": header })
        }
    }

    fn paths(&self) -> Value {
        let request = format!("#/components/schemas/{}", *self.request.name);
        let task = self.answer("The task.", &[(&self.submit.task, json!({ "type": "string" }))]);
        let mut paths = json!({
            &**self.submit.path: { "post": {
                "operationId": format!("submit{}", *self.request.name),
                "summary": *self.request.doc,
                "description": self.codes_in_words(),
                "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": request } } } },
                "responses": { "200": task },
            } },
        });
        let statuses: Vec<&str> = self.statuses.iter().map(|status| status.name.as_str()).collect();
        let described = self.statuses.iter().map(|status| format!("{}: {}", *status.name, *status.doc));
        let status = json!({
            "type": "string",
            "examples": statuses,
            "description": described.collect::<Vec<_>>().join(" "),
        });
        let track = json!({ "$ref": format!("#/components/schemas/{}", *self.track.name) });
        let tracks = json!({ "type": ["array", "null"], "items": track });
        let mut values = vec![(self.poll.status.as_str(), status)];
        values.extend(self.poll.task.as_ref().map(|place| (place.as_str(), json!({ "type": "string" }))));
        values.extend(self.poll.tracks.iter().map(|place| (place.as_str(), tracks.clone())));
        let poll = self.answer("The state of the task.", &values);
        let (name, place) = self.poll.query.as_ref().map_or(("task", "path"), |query| (query.as_str(), "query"));
        let parameter = json!({ "name": name, "in": place, "required": true, "schema": { "type": "string" } });
        paths[&**self.poll.path]["get"] = json!({
            "operationId": format!("poll{}", *self.request.name),
            "parameters": [parameter],
            "responses": { "200": poll },
        });
        if let Some(credits) = &self.credits {
            let amount = self.answer("The remaining credits.", &[(&credits.amount, json!({ "type": "number" }))]);
            paths[&**credits.path]["get"] =
                json!({ "operationId": format!("credits{}", *self.service.name), "responses": { "200": amount } });
        }
        paths
    }

    fn codes_in_words(&self) -> String {
        let code = |code: &crate::model::Code| format!("{}: {}", code.number.value, *code.doc);
        let codes: Vec<String> = self.codes.iter().map(code).collect();
        format!("Codes in the answer: {}", codes.join(" "))
    }

    /// Returns an answer whose body has these values at these places, besides code and message.
    fn answer(&self, doc: &str, values: &[(&str, Value)]) -> Value {
        let mut schema = json!({ "type": "object" });
        if let Some(envelope) = &self.envelope {
            put(&mut schema, &envelope.code, json!({ "type": ["integer", "string"] }));
            put(&mut schema, &envelope.message, json!({ "type": ["string", "null"] }));
        }
        for (path, value) in values {
            if !path.is_empty() {
                put(&mut schema, path, value.clone());
            }
        }
        json!({ "description": doc, "content": { "application/json": { "schema": schema } } })
    }

    fn track_schema(&self) -> Value {
        let mut properties = Map::new();
        for field in &self.track.fields {
            for spelling in &field.spellings {
                properties.insert(spelling.value.clone(), track_field(field));
            }
        }
        json!({ "type": "object", "description": *self.track.doc, "properties": properties })
    }

    fn webhooks(&self) -> Option<Value> {
        let callback = self.callback.as_ref()?;
        let stages: Vec<&str> = callback.stages.iter().map(|stage| stage.name.as_str()).collect();
        let mut schema = json!({ "type": "object" });
        put(&mut schema, &callback.stage, json!({ "type": "string", "examples": stages }));
        put(&mut schema, &callback.task, json!({ "type": "string" }));
        Some(json!({ "callback": { "post": {
            "operationId": format!("callback{}", *self.request.name),
            "description": format!("Sent to the address in `{}`.", *callback.field),
            "requestBody": { "content": { "application/json": { "schema": schema } } },
            "responses": { "200": { "description": "Accepted." } },
        } } }))
    }
}

fn track_field(field: &TrackField) -> Value {
    let kind = match field.kind.value {
        TrackKind::Seconds => json!(["number", "null"]),
        TrackKind::Time => json!(["string", "number", "null"]),
        _ => json!(["string", "null"]),
    };
    json!({ "type": kind, "description": *field.doc })
}

/// Sets the schema of a value inside objects, such as `data.taskId`.
fn put(schema: &mut Value, path: &str, value: Value) {
    let mut place = schema;
    for part in path.split('.') {
        if place.get("type").is_none() {
            place["type"] = json!("object");
        }
        place = &mut place["properties"][part];
        if place.is_null() {
            *place = json!({});
        }
    }
    *place = value;
}
