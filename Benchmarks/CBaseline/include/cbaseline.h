#pragma once

#include "crows.h"
#include "csession.h"
#include "csyncs.h"
#include "ctable.h"
