//! A spec as OpenAPI 3.1.

use serde_json::{Map, Value, json};

use crate::model::{At, Cancel, Credits, Field, Place, Poll, ResultEntry, ResultKind, ResultValue, Spec};
use crate::tables::BodyFormat;

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
                "schemas": self.schemas(name),
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

    /// Returns the schemas of the request and of the objects in results.
    fn schemas(&self, request: &str) -> Value {
        let mut schemas = Map::new();
        schemas.insert(request.to_owned(), self.schema_of_the_request());
        let values = self.results.iter().flat_map(|result| result.value.walk());
        for (object, name) in values.filter_map(|value| Some((value, value.ty.as_ref()?))) {
            schemas.insert(name.value.clone(), object_schema(object));
        }
        Value::Object(schemas)
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
        let answered = match &self.submit.task {
            Some(task) => self.answer("The task.", &[(task, json!({ "type": "string" }))]),
            None => self.answer("The results.", &self.results_in_answers()),
        };
        let mut paths = json!({
            &**self.submit.path: { self.submit.method().name().to_ascii_lowercase(): {
                "operationId": format!("submit{}", *self.request.name),
                "summary": *self.request.doc,
                "description": self.price_in_words() + &self.codes_in_words(),
                "responses": { "200": answered },
            } },
        });
        self.put_request(&mut paths[&**self.submit.path][self.submit.method().name().to_ascii_lowercase()]);
        if let Some(poll) = &self.poll {
            self.poll_path(poll, &mut paths);
        }
        if let Some(cancel) = &self.cancel {
            self.cancel_path(cancel, &mut paths);
        }
        if let Some(Credits { path: Some(path), amount: Some(amount), .. }) = &self.credits {
            let amount = self.answer("The remaining credits.", &[(amount, json!({ "type": "number" }))]);
            paths[&***path]["get"] =
                json!({ "operationId": format!("credits{}", *self.service.name), "responses": { "200": amount } });
        }
        paths
    }

    fn poll_path(&self, poll: &Poll, paths: &mut Value) {
        let statuses: Vec<&str> = self.statuses.iter().map(|status| status.name.as_str()).collect();
        let described = self.statuses.iter().map(|status| format!("{}: {}", *status.name, *status.doc));
        let status = json!({
            "type": ["string", "integer"],
            "examples": statuses,
            "description": described.collect::<Vec<_>>().join(" "),
        });
        let mut values = vec![(poll.status.as_str(), status)];
        if let (Some(place), false) = (&poll.error_code, self.failures.is_empty()) {
            let codes = self.failures.iter().map(|it| format!("{}: {}", it.number.value, *it.doc));
            let description = codes.collect::<Vec<_>>().join(" ");
            values.push((place.as_str(), json!({ "type": ["integer", "string", "null"], "description": description })));
        }
        values.extend(poll.task.as_ref().map(|place| (place.as_str(), json!({ "type": "string" }))));
        values.extend(self.results_in_answers());
        let state = self.answer("The state of the task.", &values);
        paths[&**poll.path]["get"] = json!({
            "operationId": format!("poll{}", *self.request.name),
            "parameters": [task_parameter(poll.query.as_ref())],
            "responses": { "200": state },
        });
    }

    /// Returns the places of the results, each with the schema of what is there. The whole answer is a single object.
    fn results_in_answers(&self) -> Vec<(&str, Value)> {
        let of = |result: &ResultEntry, place: &str| match place {
            "" => schema_of_one(&result.value),
            _ => schema_of(&result.value),
        };
        self.results.iter().flat_map(|it| it.at.iter().map(move |place| (place.as_str(), of(it, place)))).collect()
    }

    fn cancel_path(&self, cancel: &Cancel, paths: &mut Value) {
        let mut operation = json!({
            "operationId": format!("cancel{}", *self.request.name),
            "responses": { "2XX": { "description": "The task is being cancelled." } },
        });
        if let Some(place) = &cancel.body {
            let in_object = |schema: Value, name: &str| json!({ "type": "object", "properties": { name: schema }, "required": [name] });
            let schema = place.rsplit('.').fold(json!({ "type": "string" }), in_object);
            operation["requestBody"] =
                json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        } else {
            operation["parameters"] = json!([task_parameter(cancel.query.as_ref())]);
        }
        paths[&**cancel.path][cancel.method().name().to_ascii_lowercase()] = operation;
    }

    /// Adds the parameters and the body of the request to its operation.
    fn put_request(&self, operation: &mut Value) {
        let schema = self.json_schema();
        let placed = self.request.fields.iter().filter_map(|field| Some((field, field.place.as_ref()?.value)));
        let is_required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|it| it == name));
        let parameter = |(field, place): (&Field, Place)| {
            let place = if place == Place::Path { "path" } else { "query" };
            let (name, required) = (&*field.wire, is_required(&field.wire));
            json!({ "name": name, "in": place, "required": required, "schema": schema["properties"][name] })
        };
        let mut parameters: Vec<Value> = placed.map(parameter).collect();
        let header = |(name, value): &(At<String>, At<String>)| json!({ "name": **name, "in": "header", "required": true, "schema": { "const": **value } });
        let in_body: Vec<&Field> = self.request.fields.iter().filter(|field| field.place.is_none()).collect();
        let body = if parameters.is_empty() {
            json!({ "$ref": format!("#/components/schemas/{}", *self.request.name) })
        } else {
            let properties: Map<String, Value> = in_body
                .iter()
                .map(|field| (field.wire.value.clone(), schema["properties"][&**field.wire].clone()))
                .collect();
            let required: Vec<&str> =
                in_body.iter().map(|field| field.wire.as_str()).filter(|name| is_required(name)).collect();
            json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
        };
        parameters.extend(self.service.headers.iter().map(header));
        if !parameters.is_empty() {
            operation["parameters"] = json!(parameters);
        }
        let format = match self.submit.body() {
            BodyFormat::None => return,
            BodyFormat::Json => "application/json",
            BodyFormat::Multipart => "multipart/form-data",
        };
        operation["requestBody"] = json!({ "required": true, "content": { format: { "schema": body } } });
    }

    fn price_in_words(&self) -> String {
        let price = self.credits.as_ref().map(Credits::price_in_words);
        price.map(|price| format!("Price: {price} credits. ")).unwrap_or_default()
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
            if let Some(code) = &envelope.code {
                put(&mut schema, code, json!({ "type": ["integer", "string"] }));
            }
            put(&mut schema, &envelope.message, json!({ "type": ["string", "null"] }));
        }
        for (path, value) in values {
            put(&mut schema, path, value.clone());
        }
        json!({ "description": doc, "content": { "application/json": { "schema": schema } } })
    }

    fn webhooks(&self) -> Option<Value> {
        let callback = self.callback.as_ref()?;
        let stages: Vec<&str> = callback.stages.iter().map(|stage| stage.name.as_str()).collect();
        let mut schema = json!({ "type": "object" });
        if let Some(stage) = &callback.stage {
            put(&mut schema, stage, json!({ "type": "string", "examples": stages }));
        }
        put(&mut schema, &callback.task, json!({ "type": "string" }));
        for result in &self.results {
            if let Some(place) = &result.callback {
                put(&mut schema, place, schema_of(&result.value));
            }
        }
        Some(json!({ "callback": { "post": {
            "operationId": format!("callback{}", *self.request.name),
            "description": format!("Sent to the address in `{}`.", *callback.field),
            "requestBody": { "content": { "application/json": { "schema": schema } } },
            "responses": { "200": { "description": "Accepted." } },
        } } }))
    }
}

/// Returns the parameter with the id of the task, which is in the path if it is not in the query.
fn task_parameter(query: Option<&At<String>>) -> Value {
    let (name, place) = query.map_or(("task", "path"), |query| (query.as_str(), "query"));
    json!({ "name": name, "in": place, "required": true, "schema": { "type": "string" } })
}

fn object_schema(object: &ResultValue) -> Value {
    let mut properties = Map::new();
    for member in &object.members {
        for spelling in &member.spellings {
            properties.insert(spelling.value.clone(), schema_of(member));
        }
    }
    json!({ "type": ["object", "null"], "description": *object.doc, "properties": properties })
}

/// Returns the schema of a value that is not in a list.
fn schema_of_one(value: &ResultValue) -> Value {
    match value.kind.value {
        ResultKind::Integer => json!({ "type": ["integer", "null"] }),
        ResultKind::Number | ResultKind::Seconds => json!({ "type": ["number", "null"] }),
        ResultKind::Boolean => json!({ "type": ["boolean", "null"] }),
        ResultKind::Time => json!({ "type": ["string", "number", "null"] }),
        ResultKind::Any => json!({}),
        ResultKind::Object => {
            json!({ "$ref": format!("#/components/schemas/{}", value.ty.as_deref().map_or("", String::as_str)) })
        }
        ResultKind::Text | ResultKind::Audio | ResultKind::Stream | ResultKind::Image => {
            json!({ "type": ["string", "null"] })
        }
    }
}

fn schema_of(value: &ResultValue) -> Value {
    let mut schema = schema_of_one(value);
    for _ in 0..value.lists {
        schema = json!({ "type": ["array", "null"], "items": schema });
    }
    // A reference has the description of its object.
    if schema.get("$ref").is_none() && schema.get("items").is_none_or(|items| items.get("$ref").is_none()) {
        schema["description"] = json!(*value.doc);
    }
    schema
}

/// Adds the schema of a value inside objects of an answer, such as `data.taskId`. The values inside of it that have a schema already
/// keep it.
fn put(schema: &mut Value, path: &str, value: Value) {
    let mut place = schema;
    for part in path.split('.').filter(|part| !part.is_empty()) {
        allow_object(place);
        place = &mut place["properties"][part];
        if place.is_null() {
            *place = json!({});
        }
    }
    let inside = place.get_mut("properties").map(Value::take);
    *place = value;
    if let Some(inside) = inside {
        place["properties"] = inside;
        allow_object(place);
    }
}

/// Allows an object, besides what the schema has already. Services send null instead of an object without values, such as the data of a
/// refusal.
fn allow_object(schema: &mut Value) {
    match &mut schema["type"] {
        Value::Null => schema["type"] = json!(["object", "null"]),
        Value::Array(types) if !types.contains(&json!("object")) => types.push(json!("object")),
        _ => {}
    }
}
